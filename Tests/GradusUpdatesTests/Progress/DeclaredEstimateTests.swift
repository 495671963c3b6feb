import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// What is left of declared updates becomes less while they get on.
@Suite struct DeclaredEstimateTests {
  @Test(arguments: TestDatabase.availableEngines)
  func ofABackfillByAnyKey(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 100, []) { (shop) async throws in
      let work = try #require(
        UpdateRegistry(declarations: [Numbers.backfill]).work(for: "double") as? BackfillWork)
      try await shop.session.transaction { connection in
        var (progress, left) = ("{}", 100)
        while let next = try work.runBatch(progress, size: 30, on: connection).next {
          (progress, left) = (next, max(0, left - 30))
          #expect(try work.estimateRemaining(progress, on: connection) == left)
        }
        #expect(left == 0)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func ofADrain(engine: Engine) async throws {
    let drain = UpdateDeclaration.Drain(
      table: "pending", key: ["x"], sql: .init("UPDATE pending SET x = x WHERE {range}"))
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().transaction { connection in
        try connection.execute("CREATE TABLE pending (x BIGINT PRIMARY KEY)")
        try connection.execute("INSERT INTO pending VALUES (1), (2), (3), (4), (5)")
        let work = DrainWork(name: "drain", drain: drain)
        for left in [3, 1, 0] {
          _ = try work.runBatch("{}", size: 2, on: connection)
          #expect(try work.estimateRemaining("{}", on: connection) == left)
        }
      }
    }
  }

  private static let far = BackfillWork(
    name: "far",
    backfill: .init(table: "far", key: ["id"], sql: .init("UPDATE far SET id = id WHERE {range}")))

  /// Identifiers that are made of a time leave most numbers out.
  @Test(arguments: TestDatabase.availableEngines, [false, true])
  func ofKeysThatAreFarApart(engine: Engine, isAnalyzed: Bool) async throws {
    let work = Self.far
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().run { connection in
        let type = engine == .sqlite ? "INTEGER" : "BIGINT"
        try connection.execute("CREATE TABLE far (id \(type) PRIMARY KEY)")
        try connection.execute(
          """
          INSERT INTO far
          WITH RECURSIVE s (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < 2999)
          SELECT 1 + n * 3000000000000000 FROM s
          """)
        if isAnalyzed { try connection.execute("ANALYZE far") }
        #expect(try work.estimateRemaining(#"{"last":[4497000000000000001]}"#, on: connection) == 1_500)
        #expect(try work.estimateRemaining(#"{"last":[8997000000000000001]}"#, on: connection) == 0)
        let all = try work.estimateRemaining("{}", on: connection)
        #expect(all == (engine == .sqlite || isAnalyzed ? 3_000 : nil))
      }
    }
  }

  /// Too many to count each time.
  @Test(arguments: TestDatabase.availableEngines)
  func ofManyKeysThatAreFarApart(engine: Engine) async throws {
    let work = Self.far
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().run { connection in
        try connection.execute("CREATE TABLE far (id BIGINT PRIMARY KEY)")
        try connection.execute(
          """
          INSERT INTO far
          WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 120000)
          SELECT n * 1000000000000 FROM s
          """)
        for past in [0, 40_000] as [Int] {
          let left = try work.estimateRemaining(#"{"last":[\#(past * 1_000_000_000_000)]}"#, on: connection)
          let expected = 120_000 - past
          #expect((expected * 9 / 10...expected * 11 / 10).contains(left ?? 0), "\(past): \(left ?? -1)")
        }
      }
    }
  }

  /// Rows behind the position are gone, and with them the numbers next to it.
  @Test(arguments: TestDatabase.availableEngines)
  func ofKeysOfWhichTheNextWereDeleted(engine: Engine) async throws {
    let work = Self.far
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().run { connection in
        try connection.execute("CREATE TABLE far (id BIGINT PRIMARY KEY)")
        try connection.execute(
          """
          INSERT INTO far
          WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 120000)
          SELECT 1000000000 + n FROM s
          """)
        try connection.execute("ANALYZE far")
        #expect(try work.estimateRemaining(#"{"last":[5]}"#, on: connection) == 120_000)
        #expect(try work.estimateRemaining(#"{"last":[1000020000]}"#, on: connection) == 100_000)
      }
    }
  }

  /// A handler may tell any number.
  @Test(arguments: TestDatabase.availableEngines)
  func ofSeveralThatAreTooMuchTogether(engine: Engine) async throws {
    try await Workshop.with(engine, ["a", "b"].map { QueuedUpdate(name: $0) }) { (shop) async throws in
      try await shop.session.run { connection in
        _ = try connection.execute(
          """
          INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, started_at, updated_at)
          VALUES ('a', 1, 1, 1, 1000000, 0, 0)
          """)
      }
      let estimate = try await UpdateEstimate.remaining(
        ["a", "b"], registry: UpdateRegistry(handlers: [Endless(name: "a"), Endless(name: "b")]),
        on: shop.session)
      #expect(estimate.rows == nil && estimate.milliseconds == nil)
    }
  }
}

/// Has as much before it as a number can say.
private struct Endless: UpdateHandler {
  let name: String

  func runBatch(_ progress: NoProgress, size: Int, on connection: Connection) throws -> BatchResult<
    NoProgress
  > { .end }

  func estimateRemaining(_ progress: NoProgress, on connection: Connection) throws -> Int? { .max }
}
