package import Gradus
package import GradusSQL
import GradusUpdates
package import Logging

/// The API's own way to a database: one session, opened when it is first needed and again after it was lost, for one
/// request at a time, each with a time limit. A database that does not answer costs a thread, not one a request.
package actor DatabaseAccess {
  package nonisolated let database: PhysicalDatabase
  /// What earlier requests counted of what is left of its updates.
  nonisolated let counts = RemainingCounts()
  private let timeout: Duration
  private let capacity: Int
  private let logger: Logger

  private var session: Session?
  private var usedAt: ContinuousClock.Instant?
  /// Ends when the work before has ended.
  private var tail: Task<Void, Never>?
  private var pending = 0
  /// Changes when work that does not end is given up, with all that waits for it.
  private var generation = 0
  private var lastID = 0
  /// The work whose turn it is.
  private var running: Int?
  /// Work that was given up, and still has its thread.
  private var abandoned: Set<Int> = []

  private static let abandonedLimit = 3
  private static let grace = Duration.seconds(3)

  /// - Parameters:
  ///   - database: the database.
  ///   - timeout: how long a request waits for its turn and its answer.
  ///   - capacity: how many requests may wait.
  ///   - logger: told why the database cannot be used; clients are told less.
  package init(
    _ database: PhysicalDatabase, timeout: Duration = .seconds(10), capacity: Int = 32, logger: Logger
  ) {
    self.database = database
    self.logger = logger
    self.timeout = timeout
    self.capacity = capacity
  }

  /// Runs work in a session of the database.
  ///
  /// - Parameters:
  ///   - isRepeatable: whether the work may be done anew where the connection was lost meanwhile, as reading may.
  ///   - body: the work.
  /// - Throws: `AdminFailure` where the database cannot be used, where the time is up and where too many wait; what
  ///   `body` throws that is no `SQLError`.
  package func perform<R: Sendable>(
    isRepeatable: Bool = true, _ body: @escaping @Sendable (Session) async throws -> R
  ) async throws -> R {
    guard pending < capacity, abandoned.count < Self.abandonedLimit else { throw busy }
    pending += 1
    lastID += 1
    let (previous, generation, id) = (tail, generation, lastID)
    let work = Task { () async throws -> R in
      await previous?.value
      begin(id, generation)
      defer { end(id, generation) }
      try Task.checkCancellation()
      do {
        do {
          return try await body(try await openSession(generation))
        } catch let error as SQLError where error.code == .connectionLost {
          if self.generation == generation { session = nil }
          guard isRepeatable else { throw error }
          return try await body(try await openSession(generation))
        }
      } catch let error as SQLError {
        throw failure(error)
      }
    }
    tail = Task { _ = await work.result }
    return try await wait(for: work, id)
  }

  private var busy: AdminFailure {
    .unavailable("the database '\(database.name)' does not answer in time", retryAfter: 5)
  }

  /// What clients are told: neither statements nor addresses.
  private func failure(_ error: SQLError) -> AdminFailure {
    logger.warning(
      "a request failed at the database", metadata: ["database": "\(database.name)", "error": "\(error)"])
    let name = "the database '\(database.name)'"
    return switch error.code {
    case .cannotConnect, .connectionLost: .unavailable("\(name) cannot be reached", retryAfter: 5)
    case .lockTimeout, .statementTimeout, .deadlock, .serializationFailure, .cancelled: busy
    case .readOnly, .permissionDenied: .unavailable("\(name) does not let this program write", retryAfter: 60)
    default: .unavailable("\(name) cannot be used; the log says why", retryAfter: 60)
    }
  }

  private func begin(_ id: Int, _ generation: Int) {
    if generation == self.generation { running = id }
  }

  private func end(_ id: Int, _ generation: Int) {
    abandoned.remove(id)
    guard generation == self.generation else { return }
    pending -= 1
    running = nil
    usedAt = .now
  }

  private func openSession(_ generation: Int) async throws -> Session {
    if let session {
      // One that has been idle may be gone: found out now, no request fails for it.
      if let usedAt, .now - usedAt < .seconds(1) { return session }
      if (try? await session.run({ _ = try $0.queryRow("SELECT 1") })) != nil { return session }
      try Task.checkCancellation()
    }
    // In a task of its own, which is not cancelled when the time is up: else each request would begin a connection, and one
    // thread more, to a host that has vanished.
    let driver = database.driver
    let opened = try await Task { try await Session.open(driver) }.value
    if self.generation == generation { session = opened }
    return opened
  }

  /// The result, or an error when the time is up, whatever the work does then.
  private func wait<R: Sendable>(for work: Task<R, any Error>, _ id: Int) async throws -> R {
    let (results, continuation) = AsyncThrowingStream.makeStream(of: R.self)
    let forwarding = Task {
      do {
        continuation.yield(try await work.value)
        continuation.finish()
      } catch { continuation.finish(throwing: error) }
    }
    let (timeout, busy) = (timeout, busy)
    let timer = Task {
      try await Task.sleep(for: timeout)
      continuation.finish(throwing: busy)
      work.cancel()
      try await Task.sleep(for: Self.grace)
      self.giveUp(id)
    }
    // Also the grace ends with the work.
    Task {
      await forwarding.value
      timer.cancel()
    }
    for try await result in results { return result }
    throw CancellationError()
  }

  /// A cancelled statement ends at once, unless the server has vanished: then what waits for it would wait for long.
  private func giveUp(_ id: Int) {
    // What has merely waited for its turn is not to blame.
    guard running == id else { return }
    generation += 1
    abandoned.insert(id)
    (session, tail, running, pending) = (nil, nil, nil, 0)
  }
}
