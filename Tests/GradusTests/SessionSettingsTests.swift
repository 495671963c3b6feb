import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// What scripts set in the session, which would hold for all that it does afterwards.
@Suite struct SessionSettingsTests {
  private struct Setting {
    let query: String
    let change: String
    let before: SQLValue
  }

  private static let pragmas: [(name: String, value: String, before: SQLValue)] = [
    ("foreign_keys", "OFF", 1), ("ignore_check_constraints", "ON", 0), ("recursive_triggers", "ON", 0),
    ("synchronous", "OFF", 1), ("writable_schema", "ON", 0), ("reverse_unordered_selects", "ON", 0),
    ("locking_mode", "EXCLUSIVE", "normal"),
    // While the driver waits and looks after the log by itself, they are none.
    ("busy_timeout", "7", 0), ("wal_autocheckpoint", "5", 0),
  ]

  private static func settings(_ engine: Engine) -> [Setting] {
    switch engine {
    case .sqlite:
      pragmas.map {
        Setting(
          query: "PRAGMA \($0.name)", change: "PRAGMA \($0.name) = \($0.value)", before: $0.before)
      }
    case .postgres:
      [
        Setting(query: "SHOW lock_timeout", change: "SET lock_timeout = '1s'", before: "0"),
        Setting(
          query: "SHOW application_name", change: "SET application_name = 'delta'", before: "gradus-test"),
        Setting(
          query: "SHOW session_replication_role", change: "SET session_replication_role = replica",
          before: "origin"),
        // Set by whoever has opened the session.
        Setting(query: "SHOW work_mem", change: "SET work_mem = '5MB'", before: "6MB"),
      ]
    }
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    ["", "-- gradus:no-transaction\n"].flatMap {
      ["\($0){settings}", "\($0){settings}INSERT INTO missing VALUES (1);"]
    })
  func areAsBeforeAfterADelta(engine: Engine, script: String) async throws {
    // In a transaction these are refused.
    let refused = ["PRAGMA foreign_keys", "PRAGMA synchronous"]
    let settings = Self.settings(engine).filter {
      script.contains("no-transaction") || !refused.contains($0.query)
    }
    let changes = settings.map { $0.change + ";\n" }.joined()
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
      "delta/main/2/01_x.sql": script.replacing("{settings}", with: changes),
    ])
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      func migrate(to version: Int) async throws {
        try await DatabaseMigrator(
          schema: try tree.definition(to: version), database: PhysicalDatabase(driver: database.driver)
        ).migrate(on: session)
      }
      if engine == .postgres { try await session.run { _ = try $0.execute("SET work_mem = '6MB'") } }
      try await migrate(to: 1)
      if script.contains("missing") {
        let error = await #expect(throws: GradusError.self) { try await migrate(to: 2) }
        #expect(error?.code == .deltaFailed)
      } else {
        try await migrate(to: 2)
      }
      for setting in settings {
        #expect(try await session.run { try $0.queryRow(setting.query)?[0] } == setting.before, "\(setting)")
      }
      let other = try await database.open()
      #expect(try await other.run { try $0.query("SELECT id FROM a") }.isEmpty)
    }
  }

  private static let postgres = TestDatabase.availableEngines.filter { $0 == .postgres }

  /// Version 1 has a table `a`; the deltas of version 2 are given.
  private static func tree(_ deltas: [String]) throws -> TemporarySchema {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
    ])
    for (index, delta) in deltas.enumerated() { try tree.write("delta/main/2/0\(index + 1)_x.sql", delta) }
    return tree
  }

  private func migrate(
    _ tree: TemporarySchema, to version: Int, _ driver: any Driver, on session: Session
  ) async throws {
    try await DatabaseMigrator(
      schema: try tree.definition(to: version), database: PhysicalDatabase(driver: driver)
    ).migrate(on: session)
  }

  /// The record follows in the same transaction, and finds its tables; so does the next delta.
  @Test(
    arguments: ["", "-- gradus:no-transaction\n"],
    [
      "SET search_path = pg_catalog;", "SET LOCAL search_path = pg_catalog;",
      "SELECT pg_catalog.set_config('search_path', '', false);",
      // No query may come before it.
      "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
    ])
  func namesGoWhereTheyWent(directive: String, setting: String) async throws {
    guard !Self.postgres.isEmpty else { return }
    let tree = try Self.tree([
      "\(directive)\(setting)\nCREATE TABLE public.b (id BIGINT PRIMARY KEY);",
      "CREATE TABLE c (id BIGINT PRIMARY KEY);",
    ])
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await database.open()
      for version in [1, 2] { try await migrate(tree, to: version, database.driver, on: session) }
      let tables = try await session.run {
        try $0.query(
          "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('b', 'c') ORDER BY 1"
        ).map { $0[0] }
      }
      #expect(tables == ["b", "c"])
      #expect(
        try await session.run { try $0.queryRow("SELECT count(*) FROM applied_schema_deltas")?[0] } == 2)
    }
  }

  /// `pg_dump` empties the search path at the head of what it writes.
  @Test(arguments: postgres)
  func aDumpIsAFullSchema(engine: Engine) async throws {
    let tree = try Self.tree(["CREATE TABLE c (id BIGINT PRIMARY KEY);"])
    try tree.write(
      "schema/main/1/01_a.sql",
      """
      SET statement_timeout = 0;
      SET lock_timeout = 0;
      SET client_encoding = 'UTF8';
      SET standard_conforming_strings = on;
      SELECT pg_catalog.set_config('search_path', '', false);
      SET row_security = off;
      SET default_tablespace = '';
      CREATE TABLE public.a (id bigint NOT NULL);
      """)
    try tree.write("schema/main/1/02_b.sql", "CREATE TABLE b (id BIGINT PRIMARY KEY);")
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await migrate(tree, to: 2, database.driver, on: session)
      let tables = try await session.run {
        try $0.query(
          "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND length(tablename) = 1 ORDER BY 1"
        ).map { $0[0] }
      }
      #expect(tables == ["a", "b", "c"])
      #expect(try await session.run { try $0.queryRow("SELECT version FROM schema_version")?[0] } == 2)
    }
  }

  @Test(arguments: postgres, ["", "-- gradus:no-transaction\n"])
  func theRoleIsAsBefore(engine: Engine, directive: String) async throws {
    let role = "gradus_role_\(UInt32.random(in: 0...UInt32.max))"
    let tree = try Self.tree([
      "\(directive)GRANT CREATE ON SCHEMA public TO \(role);\nSET ROLE \(role);\nCREATE TABLE b (id BIGINT);",
      "CREATE TABLE c (id BIGINT);",
    ])
    try await TestDatabase.withDatabase(engine) { database in
      let other = try await database.open()
      try await other.run { _ = try $0.execute("CREATE ROLE \(role)") }
      let session = try await database.open()
      var failure: (any Error)?
      do {
        for version in [1, 2] { try await migrate(tree, to: version, database.driver, on: session) }
      } catch {
        failure = error
      }
      let owners = try await other.run {
        try $0.query(
          "SELECT tableowner = current_user FROM pg_tables WHERE tablename IN ('b', 'c') ORDER BY tablename"
        ).map { $0[0] }
      }
      try await other.run { connection in
        try connection.execute("DROP OWNED BY \(role)")
        try connection.execute("DROP ROLE \(role)")
      }
      #expect(failure == nil)
      #expect(owners == [false, true])
    }
  }

  /// SQLite's own: the record could not be written.
  @Test(arguments: ["", "-- gradus:no-transaction\n"])
  func writingIsAllowedAgain(directive: String) async throws {
    let tree = try Self.tree(["\(directive)CREATE TABLE b (id BIGINT);\nPRAGMA query_only = ON;"])
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      for version in [1, 2] { try await migrate(tree, to: version, database.driver, on: session) }
      #expect(try await session.run { try $0.queryRow("PRAGMA query_only")?[0] } == 0)
      #expect(
        try await session.run { try $0.queryRow("SELECT count(*) FROM applied_schema_deltas")?[0] } == 1)
    }
  }

  @Test(arguments: [
    ("SET work_mem = '1MB'", true), ("-- First.\nset local x = 1", true),
    ("SELECT 1; /* a */ Reset all", true),
    ("DO $$ BEGIN SET x = 1; END $$", true), ("CALL p()", true),
    ("SELECT pg_catalog.set_config('a', 'b', false)", true),
    ("PRAGMA recursive_triggers = ON", true), ("SET CONSTRAINTS ALL DEFERRED", true),
    ("CREATE FUNCTION f() AS $$ BEGIN SET LOCAL x = 1; END $$; SELECT f()", true),
    ("", false), ("UPDATE a SET b = 1", false), ("UPDATE a\n  SET b = 1;\n", false),
    ("CREATE TABLE a (b BIGINT REFERENCES c (id) ON DELETE SET NULL)", false),
    ("ALTER TABLE a ALTER COLUMN b SET NOT NULL", false),
    ("INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING", false),
    ("CREATE TABLE settings (local BIGINT, call TEXT)", false),
  ])
  func areLookedForByWords(script: String, mayChange: Bool) {
    #expect(SettingWords.mayChangeSettings(script) == mayChange)
  }
}
