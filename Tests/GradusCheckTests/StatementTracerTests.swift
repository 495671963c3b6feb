import GradusCatalog
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusCheck

/// What is seen of the statements of a delta, and how often the schema is read for that.
@Suite struct StatementTracerTests {
  private struct Seen: Sendable {
    /// The changes of each statement.
    var changes: [[String]]
    /// How often the schema was read.
    var readings: Int
  }

  /// What comes of a script upon one table.
  private static func trace(_ engine: Engine, _ script: String) async throws -> Seen {
    try await TestDatabase.withDatabase(engine) { database in
      let driver = CountingDriver(database.driver)
      let session = try await Session.open(driver)
      return try await session.run { connection in
        try connection.execute("CREATE TABLE things (id BIGINT, note TEXT)")
        let catalog = try CatalogReader.read(connection)
        var tracer = try StatementTracer(connection, from: catalog, mayChangeSettings: false)
        driver.reset()
        try tracer.run(try StatementReader.statements(of: script, on: engine), inTransaction: true)
        let readings = driver.statements.count {
          $0.contains("pg_get_partkeydef") || $0.contains("FROM pragma_table_list")
        }
        return Seen(changes: tracer.steps.map { $0.changes.map(\.description) }, readings: readings)
      }
    }
  }

  /// Of many tables that takes longer than most statements do.
  @Test(arguments: TestDatabase.availableEngines)
  func theSchemaIsReadWhereItMayHaveChanged(engine: Engine) async throws {
    let result = try await Self.trace(
      engine,
      """
      INSERT INTO things VALUES (1, 'a');
      INSERT INTO things VALUES (2, 'b');
      ALTER TABLE things ADD COLUMN more TEXT;
      UPDATE things SET note = 'x';
      DELETE FROM things WHERE id = 1;
      DROP TABLE things;
      """)
    #expect(result.changes == [[], [], ["+ column things.more text"], [], [], ["- table things"]])
    #expect(result.readings == 2)
  }

  /// Whatever the statement is, and where the server has been told to count nothing.
  @Test func whatAFunctionChangesIsSeen() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let result = try await Self.trace(
      .postgres,
      """
      CREATE FUNCTION change() RETURNS void LANGUAGE plpgsql AS
        $$ BEGIN ALTER TABLE things DROP COLUMN note; END $$;
      INSERT INTO things VALUES (1, 'a');
      SELECT change();
      SET LOCAL track_counts = off;
      ALTER TABLE things ADD COLUMN more TEXT;
      """)
    #expect(
      result.changes == [
        ["+ function change()"], [], ["- column things.note text"], [], ["+ column things.more text"],
      ])
  }

  /// A query before it would be too early, also behind another setting.
  @Test(arguments: ["", "SET LOCAL lock_timeout = '1s';\n", "-- patient\nSET lock_timeout = 0;\n"])
  func aScriptMayBeginWithTheKindOfItsTransaction(before: String) async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let kind = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n"
    let result = try await Self.trace(
      .postgres, before + kind + "ALTER TABLE things DROP COLUMN note;\nSELECT 1;")
    let none: [[String]] = before.isEmpty ? [[]] : [[], []]
    #expect(result.changes == none + [["- column things.note text"], []])
  }
}
