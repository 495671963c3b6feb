import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// A backfill along SQLite's row numbers: one that would pass rows over after a VACUUM is parked.
@Suite struct RowNumberTests {
  @Test(
    arguments: [
      ("name TEXT", nil, false),
      ("name TEXT PRIMARY KEY", nil, false),
      // What it has passed over is found when it has come to its end.
      ("name TEXT", "n = 0", true),
      ("id INTEGER PRIMARY KEY", nil, true),
    ] as [(column: String, condition: String?, isDone: Bool)])
  func areNoKeyByThemselves(_ given: (column: String, condition: String?, isDone: Bool)) async throws {
    let backfill = UpdateDeclaration(
      name: "fill",
      kind: .backfill(
        .init(
          table: "t", key: ["rowid"], condition: given.condition,
          sql: .init("UPDATE t SET n = 1 WHERE {range}"))))
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      try await session.run { connection in
        try BookkeepingTables.ensure(connection)
        try connection.execute("CREATE TABLE t (\(given.column), n BIGINT)")
        try connection.execute("INSERT INTO t (n) VALUES (0), (0), (0)")
        try connection.execute(
          "INSERT INTO background_updates (update_name, progress_json) VALUES ('fill', '{}')")
      }
      let summary = try await UpdateRunner(
        session: session, registry: UpdateRegistry(declarations: [backfill]),
        options: UpdateOptions(
          batches: BatchOptions(pause: .zero, defaultBatchSize: 2, maxBatchSize: 2, attempts: 1))
      ).run()
      #expect(summary.completed == (given.isDone ? ["fill"] : []))
      #expect(given.isDone || summary.waiting["fill"]?.contains("VACUUM") == true)
      let filled = try await session.run {
        try $0.queryRow("SELECT count(*) FROM t WHERE n = 1")?.integer(0)
      }
      #expect(filled == (given.isDone ? 3 : 0))
    }
  }
}
