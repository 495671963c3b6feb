import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Declared constraints on SQLite, by migrations of a live database.
@Suite struct TableRebuildTests {
  private static let order = "the \"order\""

  private func tree(_ constraint: String, schema: String = NastyTable.sql) throws -> TemporarySchema {
    try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_tables.sql": schema,
      "delta/main/2/01_constraint.updates.yaml":
        "updates:\n  - {name: added, kind: constraint, \(constraint)}\n",
    ])
  }

  /// Migrates to version 1, calls `before`, migrates to 2, and calls `check` with the error.
  private func migrate(
    _ tree: TemporarySchema, before: @Sendable (Connection) throws -> Void = { _ in },
    check: @Sendable (Connection, GradusError?) throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      let physical = PhysicalDatabase(driver: database.driver)
      try await DatabaseMigrator(schema: tree.definition(to: 1), database: physical).migrate(on: session)
      try await session.run { try before($0) }
      var failure: GradusError?
      do {
        try await DatabaseMigrator(schema: tree.definition(), database: physical).migrate(on: session)
      } catch let error as GradusError {
        failure = error
      }
      let error = failure
      try await session.run { connection in
        #expect(try connection.queryRow("PRAGMA foreign_keys")?[0] == 1)
        #expect(try connection.queryRow("PRAGMA legacy_alter_table")?[0] == 0)
        #expect(try connection.query("PRAGMA integrity_check").map { $0[0] } == ["ok"])
        try check(connection, error)
      }
    }
  }

  private func texts(_ sql: String, _ connection: Connection) throws -> [String] {
    try connection.query(sql).map { $0.values.map { "\($0)" }.joined(separator: "|") }
  }

  /// The schema but for one table, and all rows with their row ids.
  private func dump(_ connection: Connection, except table: String) throws -> [String] {
    let schema = try connection.query(
      "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type <> 'table' OR name <> $1 ORDER BY type, name",
      [.text(table)]
    ).map { "\($0.values)" }
    let tables = try connection.query(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'gradus%' AND name NOT IN ('applied_schema_deltas', 'schema_version', 'sqlite_stat4') AND name NOT LIKE 'search%' ORDER BY name"
    ).map { try $0.text(0) }
    return schema
      + (try tables.flatMap { name in
        let rowID = name == "strict_one" || name.hasPrefix("sqlite_") ? "0" : "rowid"
        return [name]
          + (try texts("SELECT \(rowID), * FROM \(SQLText.identifier(name)) ORDER BY 1, 2", connection))
      })
  }

  @Test(arguments: [
    #"table: 'THE "ORDER"', check: '"group" <> 8'"#,
    #"table: 'the "order"', not_null: real, delete_violations: true, key: id, check: null"#,
    #"table: 'the "order"', foreign_key: {columns: parent, references: odd parent, to: x}, delete_violations: true, key: id"#,
    #"table: STRICT_ONE, check: k IS NOT NULL"#, #"table: strict_one, not_null: k"#,
    #"table: loose, check: v > 0"#,
  ])
  func keepsEverything(constraint: String) async throws {
    let table =
      constraint.contains("loose")
      ? "loose" : constraint.lowercased().contains("strict_one") ? "strict_one" : Self.order
    let before = Box<[String]>([])
    try await migrate(try tree(constraint)) { connection in
      // No row violates any: what has to be deleted is another test's.
      try connection.execute("UPDATE \(SQLText.identifier(Self.order)) SET real = 7 WHERE real IS NULL")
      try connection.execute(
        "UPDATE \(SQLText.identifier(Self.order)) SET parent = 'b' WHERE parent = 'nobody'")
      before.value = try dump(connection, except: table)
    } check: { (connection, error) throws in
      #expect(error == nil)
      let after = try dump(connection, except: table)
      #expect(after == before.value)
      let verified = try connection.query(
        "SELECT written, verified, version FROM gradus_update_certificates WHERE update_name = 'added'")
      #expect(verified.first?[0] == 0)
      #expect(verified.first?[2] == 2)
      #expect(try connection.query("SELECT 1 FROM background_updates").isEmpty)
      try useEverything(connection)
    }
  }

  /// Views, triggers and generated columns do their work, and the next key goes on from where it was.
  private func useEverything(_ connection: Connection) throws {
    try connection.execute("DELETE FROM log")
    try connection.execute(#"INSERT INTO "the ""order""" ("group", real) VALUES (20, 1.5)"#)
    try connection.execute(#"INSERT INTO loose VALUES (55)"#)
    #expect(try texts("SELECT * FROM log", connection) == ["text(\"inserted\")|integer(1001)"])
    #expect(
      try texts(#"SELECT twice, thrice, größe FROM "the ""order""" WHERE id = 1001"#, connection)
        == ["integer(40)|integer(60)|text(\"it\\'s, (\")"])
    #expect(try texts(#"SELECT blob FROM "the ""order""" WHERE id = 1"#, connection) == ["integer(55)"])
    #expect(
      try texts(#"SELECT what FROM "view of view" WHERE size = 'it''s, ('"#, connection) == [
        "text(\"inserted\")"
      ])
    #expect(throws: SQLError.self) { try connection.execute(#"UPDATE "the ""order""" SET "group" = 7"#) }
    #expect(throws: SQLError.self) {
      try connection.execute(#"INSERT INTO "the ""order""" (größe, "group") VALUES ('A', 1)"#)
    }
    try connection.execute(#"DELETE FROM "the ""order""" WHERE id = 1"#)
    #expect(try texts(#"SELECT "order" FROM child ORDER BY id"#, connection) == ["null", "null", "null"])
    #expect(
      try texts(#"SELECT id FROM "the ""order""" ORDER BY id"#, connection) == [
        "integer(9)", "integer(1001)",
      ])
  }

  @Test func refusesWhatIsViolated() async throws {
    let before = Box<[String]>([])
    try await migrate(try tree(#"table: 'the "order"', not_null: group"#)) { connection in
      before.value = try dump(connection, except: "")
    } check: { (connection, error) throws in
      #expect(error?.code == .deltaFailed)
      #expect(error?.file?.hasSuffix("2/01_constraint.updates.yaml") == true)
      #expect(error?.message.hasPrefix("2 rows violate 'added' on 'the \"order\"'") == true)
      #expect(error?.hint == "mend them, or declare delete_violations; nothing of this file was kept")
      #expect(try dump(connection, except: "") == before.value)
      #expect(try connection.query("SELECT 1 FROM gradus_update_certificates").isEmpty)
    }
  }

  @Test func deletesWhatViolates() async throws {
    try await migrate(
      try tree(#"table: 'the "order"', not_null: größe, key: id, delete_violations: true"#)
    ) { (connection, error) throws in
      #expect(error == nil)
      #expect(
        try texts(#"SELECT id FROM "the ""order""" ORDER BY id"#, connection) == [
          "integer(1)", "integer(2)", "integer(5)",
        ])
      #expect(try texts("SELECT * FROM log", connection) == ["text(\"deleted\")|integer(9)"])
      #expect(
        try texts("SELECT scanned, written, verified FROM gradus_update_certificates", connection)
          == ["integer(4)|integer(1)|text(\"every row satisfies \\\"größe\\\" IS NOT NULL\")"])
      let error = #expect(throws: SQLError.self) {
        try connection.execute(#"INSERT INTO "the ""order""" (größe) VALUES (NULL)"#)
      }
      #expect(error?.code == .notNullViolation)
    }
  }

  /// Row 2 is referenced by a child and by row 5.
  @Test func refusesToDeleteWhatOthersReference() async throws {
    let before = Box<[String]>([])
    try await migrate(try tree(#"table: 'the "order"', not_null: group, key: id, delete_violations: true"#)) {
      // Violations from before are not counted.
      try $0.execute("PRAGMA foreign_keys = OFF")
      try $0.execute("INSERT INTO child VALUES (7, 12345)")
      try $0.execute("PRAGMA foreign_keys = ON")
      before.value = try dump($0, except: "")
    } check: { (connection, error) throws in
      #expect(
        error?.message.hasSuffix("would violate foreign keys: 1 of 'child', 1 of 'the \"order\"'") == true)
      #expect(try dump(connection, except: "") == before.value)
    }
  }

  @Test func oldViolationsOfOtherKeysDoNotBlock() async throws {
    try await migrate(try tree(#"table: 'the "order"', not_null: größe, key: id, delete_violations: true"#)) {
      try $0.execute("PRAGMA foreign_keys = OFF")
      try $0.execute("INSERT INTO child VALUES (7, 12345)")
      try $0.execute(#"INSERT INTO "the ""order""" (größe, "self") VALUES ('q', 12345)"#)
      try $0.execute("CREATE TABLE mismatch (x REFERENCES \"the \"\"order\"\"\" (real))")
      try $0.execute("PRAGMA foreign_keys = ON")
    } check: { (connection, error) throws in
      #expect(error == nil)
      #expect(try texts("SELECT written FROM gradus_update_certificates", connection) == ["integer(1)"])
    }
  }

  @Test(arguments: [false, true])
  func addsAForeignKey(isDeferred: Bool) async throws {
    let key =
      "{columns: [parent], references: odd parent, to: [x], on_delete: set_null, deferrable: \(isDeferred)}"
    try await migrate(
      try tree(#"table: 'the "order"', foreign_key: \#(key), delete_violations: true, key: id"#)
    ) { (connection, error) throws in
      #expect(error == nil)
      #expect(
        try texts(#"SELECT id FROM "the ""order""" ORDER BY id"#, connection) == [
          "integer(1)", "integer(2)", "integer(5)",
        ])
      let add = #"INSERT INTO "the ""order""" (id, parent, größe) VALUES (50, 'new', 'n')"#
      if isDeferred {
        try connection.transaction {
          try $0.execute(add)
          try $0.execute(#"INSERT INTO "odd parent" VALUES ('new', 1)"#)
        }
      } else {
        #expect(throws: SQLError.self) { try connection.execute(add) }
      }
      // The parent's collation compares.
      try connection.execute(#"DELETE FROM "odd parent" WHERE x = 'A'"#)
      #expect(try texts(#"SELECT parent FROM "the ""order""" WHERE id = 1"#, connection) == ["null"])
    }
  }

  @Test(arguments: [
    ("table: gone, not_null: x", "there is no table 'gone'"),
    ("table: a view, not_null: id", "'a view' is a view"),
    ("table: loose, not_null: w", "'loose' has no column 'w'"),
    ("table: loose, check: w > 0", "the constraint 'added' cannot be added to 'loose'"),
    ("table: loose, check: (SELECT 1)", "the constraint 'added' cannot be added to 'loose'"),
    ("table: search, not_null: word", "'search' cannot be rebuilt: it is a virtual table"),
    (
      "table: loose, foreign_key: {columns: v, references: odd parent, to: y}",
      "'added' makes a foreign key of 'loose' that cannot be checked"
    ),
    (
      "table: loose, foreign_key: {columns: v, references: nowhere, to: y}",
      "the constraint 'added' cannot be added to 'loose'"
    ),
  ])
  func refusesClearly(constraint: String, message: String) async throws {
    let before = Box<[String]>([])
    try await migrate(try tree(constraint)) { connection in
      try connection.execute("CREATE VIRTUAL TABLE search USING fts5(word)")
      try connection.execute("UPDATE loose SET v = NULL")
      try connection.execute("DELETE FROM \"odd parent\" WHERE x = 'B'")
      before.value = try dump(connection, except: "")
    } check: { (connection, error) throws in
      #expect(error?.message.hasPrefix(message) == true, "\(String(describing: error))")
      #expect(error?.code == .deltaFailed)
      #expect(error?.file != nil)
      #expect(try dump(connection, except: "") == before.value)
    }
  }

  /// What is there already is not built again: the table keeps its page.
  @Test(arguments: [
    "table: t, not_null: a", "table: t, constraint: K 1, check: A > 0",
    "table: t, constraint: k2, foreign_key: {columns: a, references: t, to: a}",
  ])
  func whatIsThereIsNotBuiltAgain(constraint: String) async throws {
    let schema =
      "CREATE TABLE t (a INT NOT NULL UNIQUE CONSTRAINT 'k 1' CHECK (a > 0), CONSTRAINT k2 FOREIGN KEY (a) REFERENCES t (a)); CREATE TABLE u (a);"
    let before = Box<[String]>([])
    try await migrate(try tree(constraint, schema: schema)) { connection in
      before.value = try texts("SELECT rootpage, sql FROM sqlite_master WHERE name = 't'", connection)
    } check: { (connection, error) throws in
      #expect(error == nil)
      #expect(
        try texts("SELECT rootpage, sql FROM sqlite_master WHERE name = 't'", connection) == before.value)
      #expect(
        try texts("SELECT verified FROM gradus_update_certificates", connection)
          == ["text(\"it was there already\")"])
    }
  }

  /// A cancelled migration leaves the session's settings as they were.
  @Test func settingsComeBackAfterACancellation() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      let hasBegun = Box(false)
      let task = Task {
        try await session.run { connection in
          try RebuildSettings.with(connection) {
            try connection.transaction { connection in
              hasBegun.value = true
              _ = try connection.query(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
            }
          }
        }
      }
      while !hasBegun.value { try await Task.sleep(for: .milliseconds(5)) }
      try await Task.sleep(for: .milliseconds(200))
      task.cancel()
      let error = await #expect(throws: SQLError.self) { try await task.value }
      #expect(error?.code == .cancelled)
      let settings = try await session.run { connection in
        [
          try connection.queryRow("PRAGMA foreign_keys")?[0],
          try connection.queryRow("PRAGMA legacy_alter_table")?[0],
        ]
      }
      #expect(settings == [1, 0])
    }
  }
}
