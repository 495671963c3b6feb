import Gradus
import GradusSQL
import GradusTestSupport
import Logging
import Synchronization

@testable import GradusUpdates

/// A table of numbers to be doubled, and a queue.
enum Numbers {
  static func make(_ connection: Connection, count: Int) throws {
    try BookkeepingTables.ensure(connection)
    try connection.transaction { connection in
      try connection.execute(
        "CREATE TABLE numbers (a TEXT NOT NULL, b BIGINT NOT NULL, double BIGINT, PRIMARY KEY (a, b))")
      for index in 0..<count {
        try connection.execute(
          "INSERT INTO numbers (a, b) VALUES ($1, $2)", [.text("key \(index % 7)"), .integer(Int64(index))])
      }
    }
  }

  static func queue(_ connection: Connection, _ updates: QueuedUpdate...) throws {
    for update in updates {
      try connection.execute(
        "INSERT INTO background_updates (update_name, progress_json, depends_on, ordering) VALUES ($1, $2, $3, $4)",
        [.text(update.name), .text(update.progress), SQLValue(update.dependsOn), SQLValue(update.ordering)])
    }
  }

  static let backfill = UpdateDeclaration(
    name: "double",
    kind: .backfill(
      .init(
        table: "numbers", key: ["a", "b"],
        sql: .init("UPDATE numbers SET double = coalesce(double, 0) + 2 * b WHERE {range}"))))

  static func wrong(_ connection: Connection) throws -> Int64 {
    try connection.queryRow("SELECT count(*) FROM numbers WHERE double IS NULL OR double <> 2 * b")![0]
      .integer!
  }
}

/// Fails in batch after batch, having written.
struct Failing: UpdateHandler {
  let name = "failing"
  let attempts = Counter()

  func runBatch(_ progress: NoProgress, size: Int, on connection: Connection) throws -> BatchResult<
    NoProgress
  > {
    attempts.increment()
    try connection.execute("UPDATE numbers SET double = -1")
    try connection.execute("SELECT no_such_function()")
    return BatchResult(next: nil, scanned: 1, written: 1)
  }
}

/// Counts its batches by typed progress.
struct Counting: UpdateHandler {
  struct Progress: UpdateProgress, Codable, Equatable {
    var batches: Int?
  }
  let name = "counting"

  func runBatch(_ progress: Progress, size: Int, on connection: Connection) throws -> BatchResult<Progress> {
    let batches = (progress.batches ?? 0) + 1
    return BatchResult(
      next: batches < 5 ? Progress(batches: batches) : nil, scanned: size, written: 1,
      skipped: ["odd": batches % 2])
  }
}

final class Counter: Sendable {
  private let value = Mutex(0)
  func increment() { value.withLock { $0 += 1 } }
  var count: Int { value.withLock { $0 } }
}

/// What a run reported, in order.
final class Events: Sendable {
  private let events = Mutex<[UpdateEvent]>([])
  var report: @Sendable (UpdateEvent) -> Void { { event in self.events.withLock { $0.append(event) } } }
  var all: [UpdateEvent] { events.withLock { $0 } }

  /// Waits until an event is there, for a minute at most.
  func wait<T: Sendable>(for find: @Sendable (UpdateEvent) -> T?) async throws -> T {
    for _ in 0..<12_000 {
      if let found = all.lazy.compactMap(find).first { return found }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw MissingEvent()
  }

  struct MissingEvent: Error {}
}

/// Runners of one database with a queue, for tests.
struct Workshop: Sendable {
  let place: TestDatabase
  let session: Session
  let database: PhysicalDatabase

  /// Runs a test on an empty queue and a table of numbers.
  static func with(
    _ engine: Engine, numbers: Int = 0, _ updates: [QueuedUpdate] = [],
    _ body: (Workshop) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      try await session.run { connection in
        try Numbers.make(connection, count: numbers)
        try connection.transaction { connection in
          for update in updates { try Numbers.queue(connection, update) }
        }
      }
      try await body(
        Workshop(place: place, session: session, database: PhysicalDatabase(driver: place.driver)))
    }
  }

  /// A runner with a session of its own.
  func runner(
    _ registry: UpdateRegistry, _ options: UpdateOptions = .fast,
    _ environment: UpdateRunner.Environment = .quiet,
    preempts: Bool = false, report: @escaping @Sendable (UpdateEvent) -> Void = { _ in }
  ) async throws -> UpdateRunner {
    UpdateRunner(
      session: try await place.open(), database: database, registry: registry, options: options,
      environment: environment, preempts: preempts, report: report)
  }

  func values(_ sql: String) async throws -> [SQLValue] {
    try await session.run { try $0.query(sql).map { $0[0] } }
  }

  func control(_ body: @Sendable @escaping (QueueControls) throws -> Void) async throws {
    try await session.transaction { try body(QueueControls($0)) }
  }
}

extension UpdateOptions {
  /// Small batches, no pause.
  static func fast(_ size: Int, attempts: Int = 3) -> UpdateOptions {
    UpdateOptions(
      batches: BatchOptions(pause: .zero, defaultBatchSize: size, maxBatchSize: size, attempts: attempts))
  }

  static let fast = fast(10)
}

extension UpdateRunner.Environment {
  /// Without a log; a control of its own.
  static var quiet: UpdateRunner.Environment { quiet(UpdatePacing()) }

  static func quiet(_ pacing: UpdatePacing) -> UpdateRunner.Environment {
    UpdateRunner.Environment(pacing: pacing, logger: .silent)
  }
}

extension UpdatePacing {
  /// Calls `body` before each iteration, with its number from 1.
  static func calling(_ body: @escaping @Sendable (Int) async throws -> Void) -> UpdatePacing {
    struct Scope: UpdateScope {
      let iterations: Counter
      let body: @Sendable (Int) async throws -> Void
      func enter() async throws -> Int {
        iterations.increment()
        try await body(iterations.count)
        return 100
      }
    }
    let (pacing, iterations) = (UpdatePacing(), Counter())
    pacing.register(ControllerCallbacks { _, _, _ in Scope(iterations: iterations, body: body) })
    return pacing
  }
}
