import Gradus
import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@testable import GradusUpdates

/// A table of numbers to be doubled, and a queue.
private enum Numbers {
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
private struct Failing: UpdateHandler {
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
private struct Counting: UpdateHandler {
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

private final class Counter: Sendable {
  private let value = Mutex(0)
  func increment() { value.withLock { $0 += 1 } }
  var count: Int { value.withLock { $0 } }
}

@Suite struct RunnerTests {
  private func options(_ size: Int) -> BatchOptions {
    BatchOptions(pause: .zero, defaultBatchSize: size, maxBatchSize: size, attempts: 3)
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 7, 1000])
  func aBackfillTouchesEachRowOnce(engine: Engine, size: Int) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try Numbers.make($0, count: 200) }
      try await session.transaction { try Numbers.queue($0, Numbers.backfill.queueRow) }
      let runner = UpdateRunner(
        session: session, registry: UpdateRegistry(declarations: [Numbers.backfill]), options: options(size))
      let summary = try await runner.run()
      #expect(summary.completed == ["double"])
      #expect(summary.waiting.isEmpty)
      #expect(try await session.run { try Numbers.wrong($0) } == 0)
      let statistics = try await session.run { try UpdateQueue(connection: $0).statistics("double") }
      #expect(statistics?.scanned == 200)
      #expect(statistics?.written == 200)
      #expect(statistics?.completedAt != nil)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func severalRunnersTakeTurns(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try Numbers.make($0, count: 300) }
      try await session.transaction { try Numbers.queue($0, Numbers.backfill.queueRow) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            let runner = UpdateRunner(
              session: try await database.open(), registry: UpdateRegistry(declarations: [Numbers.backfill]),
              options: options(5))
            _ = try await runner.run()
          }
        }
        try await group.waitForAll()
      }
      #expect(try await session.run { try Numbers.wrong($0) } == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aStoppedBackfillGoesOnWhereItWas(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try Numbers.make($0, count: 200) }
      try await session.transaction { try Numbers.queue($0, Numbers.backfill.queueRow) }
      let registry = UpdateRegistry(declarations: [Numbers.backfill])
      let batches = Counter()
      let task = Task {
        let session = try await database.open()
        return try await UpdateRunner(session: session, registry: registry, options: options(10)) { event in
          guard case .batch = event else { return }
          batches.increment()
          if batches.count == 4 { withUnsafeCurrentTask { $0?.cancel() } }
        }.run()
      }
      await #expect(throws: CancellationError.self) { try await task.value }
      let queue = try await session.run { try UpdateQueue(connection: $0).load() }
      #expect(queue.first?.progress != "{}")
      _ = try await UpdateRunner(session: session, registry: registry, options: options(10)).run()
      #expect(try await session.run { try Numbers.wrong($0) } == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aFailingUpdateIsParkedAndTheOthersRunOn(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try Numbers.make($0, count: 10) }
      try await session.transaction {
        try Numbers.queue(
          $0, QueuedUpdate(name: "failing"), QueuedUpdate(name: "after", dependsOn: "failing"),
          QueuedUpdate(name: "stranger"), QueuedUpdate(name: "counting", ordering: 9),
          QueuedUpdate(name: "double", ordering: 8))
      }
      let failing = Failing()
      let registry = UpdateRegistry(handlers: [failing, Counting()], declarations: [Numbers.backfill])
      let summary = try await UpdateRunner(session: session, registry: registry, options: options(100)).run()
      #expect(summary.completed == ["double", "counting"])
      #expect(failing.attempts.count == 3)
      #expect(summary.waiting["failing"]?.contains("no_such_function") == true)
      #expect(summary.waiting["stranger"]?.contains("does not know") == true)
      #expect(summary.waiting.keys.sorted() == ["after", "failing", "stranger"])
      #expect(try await session.run { try Numbers.wrong($0) } == 0)
      #expect(
        try await session.run { try UpdateQueue(connection: $0).statistics("counting")?.skipped } == [
          "odd": 3
        ])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUnreadableProgressParks(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try BookkeepingTables.ensure($0) }
      try await session.transaction {
        try Numbers.queue($0, QueuedUpdate(name: "counting", progress: "no JSON"))
      }
      let summary = try await UpdateRunner(
        session: session, registry: UpdateRegistry(handlers: [Counting()]), options: options(1)
      ).run()
      #expect(summary.waiting["counting"]?.contains("progress of 'counting' cannot be read") == true)
      #expect(try await session.run { try UpdateQueue(connection: $0).load().first?.progress } == "no JSON")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateQueuedAgainBeginsAnew(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { try Numbers.make($0, count: 10) }
      let registry = UpdateRegistry(declarations: [Numbers.backfill])
      for _ in 0..<2 {
        try await session.transaction { try Numbers.queue($0, Numbers.backfill.queueRow) }
        _ = try await UpdateRunner(session: session, registry: registry, options: options(3)).run()
      }
      #expect(try await session.run { try UpdateQueue(connection: $0).statistics("double")?.scanned } == 10)
    }
  }
}
