import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// Rows whose key is NULL are on no walk along it: an update that would pass them over is parked, not complete.
@Suite struct NullKeyTests {
  /// - Parameter rows: key, second column, and what is filled.
  private func run(
    _ engine: Engine, key: [String], _ rows: String, condition: String? = nil
  ) async throws -> (UpdateRunner.Summary, filled: Int) {
    let backfill = UpdateDeclaration(
      name: "fill",
      kind: .backfill(
        .init(
          table: "Items", key: key, condition: condition,
          sql: .init("UPDATE \"Items\" SET n = 1 WHERE {range}"))))
    return try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try BookkeepingTables.ensure(connection)
        try connection.transaction { connection in
          try connection.executeScript(
            """
            CREATE TABLE "Items" (a BIGINT, b BIGINT, n BIGINT);
            INSERT INTO "Items" VALUES \(rows);
            """)
        }
        try connection.execute(
          "INSERT INTO background_updates (update_name, progress_json) VALUES ('fill', '{}')")
      }
      let summary = try await UpdateRunner(
        session: session, registry: UpdateRegistry(declarations: [backfill]),
        options: UpdateOptions(
          batches: BatchOptions(pause: .zero, defaultBatchSize: 2, maxBatchSize: 2, attempts: 1))
      ).run()
      let filled = try await session.run {
        try $0.queryRow("SELECT count(*) FROM \"Items\" WHERE n = 1")?.integer(0)
      }
      return (summary, Int(filled ?? -1))
    }
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      // In the first column, first or last in the order of either engine, and in the second one in the midst of the walk.
      "(NULL, 1, 0), (2, 1, 0), (3, 1, 0), (4, 1, 0)",
      "(1, 1, 0), (1, 2, 0), (1, NULL, 0), (2, 1, 0), (2, 2, 0)",
    ])
  func aKeyWithNullIsRefused(engine: Engine, rows: String) async throws {
    let (summary, filled) = try await run(engine, key: ["a", "b"], rows)
    #expect(summary.completed.isEmpty)
    #expect(summary.waiting["fill"]?.contains("is NULL in some") == true)
    #expect(summary.waiting["fill"]?.contains("NOT NULL") == true)
    #expect(filled == 0)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func columnsThatMayBeNullAndAreNotAreNoObstacle(engine: Engine) async throws {
    let (summary, filled) = try await run(engine, key: ["a"], "(1, NULL, 0), (2, 1, 0), (3, 1, 0)")
    #expect(summary.completed == ["fill"])
    #expect(filled == 3)
  }

  /// A condition tells which rows need it, and is verified: what the walk passed over is found without a look before it.
  @Test(arguments: TestDatabase.availableEngines)
  func aConditionIsVerified(engine: Engine) async throws {
    let (done, filled) = try await run(
      engine, key: ["a", "b"], "(1, 1, 0), (1, 2, 0), (1, NULL, 1), (2, 1, 0), (2, 2, 0)", condition: "n = 0")
    #expect(done.completed == ["fill"])
    #expect(filled == 5)
    let (left, _) = try await run(
      engine, key: ["a", "b"], "(1, 1, 0), (1, 2, 0), (1, NULL, 0), (2, 1, 0), (2, 2, 0)", condition: "n = 0")
    #expect(left.completed.isEmpty)
    #expect(left.waiting["fill"]?.contains("rows are left where n = 0") == true)
  }

  /// SQLite's plain list of columns leaves generated ones out.
  @Test(arguments: ["STORED", "VIRTUAL"])
  func aGeneratedKeyWithNullIsFound(kind: String) async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let columns = try await database.open().run { connection in
        try connection.execute(
          "CREATE TABLE t (a BIGINT, k BIGINT GENERATED ALWAYS AS (a + 1) \(kind))")
        try connection.execute("INSERT INTO t VALUES (1), (NULL)")
        return try NullKeys.columns(of: "t", key: ["k"], on: connection)
      }
      #expect(columns == ["k"])
    }
  }
}
