/// A database connection with a thread of its own.
///
/// A body is a synchronous closure that runs in one hop on that thread; nothing else of this session runs between its
/// statements. Cancelling the task interrupts the statement that the body runs, and the body's transaction is rolled
/// back.
///
/// A session whose connection is lost (`SQLError.Code.connectionLost`) stays so: open another one.
public actor Session {
  private let thread: SessionThread
  private let backend: any ConnectionBackend
  private let gate = CancellationGate()
  private let interrupter: any Interrupter
  private var isClosed = false

  /// The engine behind the session.
  public nonisolated let engine: Engine
  /// The database without secrets, for messages.
  public nonisolated let databaseName: String

  /// The session's own thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Opens a session.
  ///
  /// Connecting cannot be broken off, and a server that does not answer may take long: who is cancelled does not wait for
  /// it. What is opened for nobody is closed.
  ///
  /// - Parameter driver: says where; GradusSQLite and GradusPostgres each have one.
  /// - Throws: `SQLError`, with code `cancelled` where the task was cancelled.
  public static func open(_ driver: any Driver) async throws -> Session {
    let (opened, continuation) = AsyncThrowingStream.makeStream(of: Session.self)
    // Not a child, for whose end its parent would wait.
    Task {
      do {
        continuation.yield(try await connect(driver))
        continuation.finish()
      } catch { continuation.finish(throwing: error) }
    }
    for try await session in opened { return session }
    // In a cancelled task a stream ends at once.
    throw SQLError(.cancelled, "the operation was cancelled")
  }

  private static func connect(_ driver: any Driver) async throws -> Session {
    let thread = SessionThread(name: "gradus \(driver.engine.rawValue)")
    do {
      let backend = try await Opener(thread: thread).open(driver)
      return Session(thread: thread, backend: backend.value, databaseName: driver.databaseName)
    } catch {
      thread.stop()
      throw error
    }
  }

  private init(thread: SessionThread, backend: sending any ConnectionBackend, databaseName: String) {
    self.thread = thread
    engine = backend.engine
    interrupter = backend.interrupter
    self.backend = backend
    self.databaseName = databaseName
  }

  isolated deinit {
    if !isClosed { backend.close() }
    thread.stop()
  }

  /// Closes the connection, and returns when that is done: nothing of it is then in the way of who removes the database or
  /// moves its file. A transaction that was left open is rolled back. Without a call, the session closes by itself soon after
  /// its last reference has gone.
  ///
  /// Whoever uses the session after that gets an error.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    backend.close()
  }

  /// Waits until no session of the process has anything to do: by then those that nobody holds any more are closed, and on
  /// SQLite the last of a database has taken its write-ahead log with it.
  ///
  /// - Parameter limit: for how long.
  package static func finishWork(within limit: Duration) async {
    let end = ContinuousClock.now + limit
    while SessionThread.pendingJobs.load(ordering: .relaxed) > 0, .now < end {
      try? await Task.sleep(for: .milliseconds(1))
    }
  }

  /// Runs `body` outside a transaction.
  ///
  /// - Parameter body: synchronous work with the connection.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; `SQLError` with code `cancelled` where the task was cancelled, and one where the session
  ///   was closed.
  @discardableResult
  public func run<R: Sendable>(_ body: @Sendable (Connection) throws -> R) async throws -> R {
    guard !isClosed else { throw SQLError(.other, "the session was closed", hint: "open another one") }
    let job = gate.arm()
    defer { gate.disarm() }
    let interrupter = interrupter
    let gate = gate
    return try await withTaskCancellationHandler {
      try body(Connection(backend, gate: gate))
    } onCancel: {
      gate.cancel(job: job)
      // PQcancel opens a connection of its own and may block, and this closure may run on the cooperative pool.
      DetachedThread.run { gate.interrupt(job: job, interrupter) }
    }
  }

  /// Runs `body` in a transaction, in one hop: committed when it returns, rolled back when it throws.
  ///
  /// - Parameters:
  ///   - mode: whether it writes.
  ///   - body: synchronous work with the connection.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; `SQLError`.
  @discardableResult
  public func transaction<R: Sendable>(
    _ mode: TransactionMode = .write, _ body: @Sendable (Connection) throws -> R
  ) async throws -> R {
    try await run { connection in try connection.transaction(mode, body) }
  }
}

/// Opens a backend on the thread that will own it.
private actor Opener {
  private let thread: SessionThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(thread: SessionThread) { self.thread = thread }

  /// Carries the backend to the session, which from then on is the only one to touch it, on the same thread.
  struct Opened: @unchecked Sendable { let value: any ConnectionBackend }

  func open(_ driver: any Driver) throws -> Opened { Opened(value: try driver.open()) }
}
