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

  private static func settings(_ engine: Engine) -> [Setting] {
    switch engine {
    case .sqlite:
      [("foreign_keys", "OFF", 1), ("ignore_check_constraints", "ON", 0), ("recursive_triggers", "ON", 0)].map
      {
        Setting(query: "PRAGMA \($0.0)", change: "PRAGMA \($0.0) = \($0.1)", before: $0.2)
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
    let settings = Self.settings(engine)
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
