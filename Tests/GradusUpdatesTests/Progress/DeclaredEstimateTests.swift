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

  /// Keys may be as far apart as numbers go.
  @Test(arguments: TestDatabase.availableEngines)
  func ofSeveralThatAreTooMuchTogether(engine: Engine) async throws {
    let declarations = ["a", "b"].map { name in
      UpdateDeclaration(
        name: name,
        kind: .backfill(.init(table: "far", key: ["id"], sql: .init("UPDATE far SET id = id WHERE {range}"))))
    }
    let rows = declarations.map { QueuedUpdate(name: $0.name, progress: #"{"last":[1]}"#) }
    try await Workshop.with(engine, rows) { (shop) async throws in
      try await shop.session.run { connection in
        try connection.execute("CREATE TABLE far (id BIGINT PRIMARY KEY)")
        try connection.execute("INSERT INTO far VALUES (1), (9223372036854775807)")
        try connection.execute(
          """
          INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, started_at, updated_at)
          VALUES ('a', 1, 1, 1, 1000000, 0, 0)
          """)
      }
      let estimate = try await UpdateEstimate.remaining(
        ["a", "b"], registry: UpdateRegistry(declarations: declarations), on: shop.session)
      #expect(estimate.rows == nil && estimate.milliseconds == nil)
    }
  }
}
