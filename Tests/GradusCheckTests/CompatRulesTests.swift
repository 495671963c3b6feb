import Foundation
import Gradus
import GradusCheck
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

/// Deltas that must be found, and near misses that must not, on real scratch databases.
@Suite struct CompatRulesTests {
  private static let base = """
    CREATE TABLE parents (id BIGINT PRIMARY KEY);
    CREATE TABLE things (
      id BIGINT PRIMARY KEY, name TEXT NOT NULL, size INTEGER DEFAULT 1, note TEXT,
      parent BIGINT, code TEXT NOT NULL DEFAULT 'x', UNIQUE (code, size)
    );
    CREATE UNIQUE INDEX things_name ON things (name);
    CREATE INDEX things_size ON things (size);
    CREATE VIEW small AS SELECT id FROM things WHERE size < 10;
    """

  struct Example: CustomTestStringConvertible, Sendable {
    var sql: String
    var rules: [String]
    var engines: Set<Engine> = [.sqlite, .postgres]
    var testDescription: String { sql }

    init(_ sql: String, _ rules: String..., on engines: Engine...) {
      self.sql = sql
      self.rules = rules
      if !engines.isEmpty { self.engines = Set(engines) }
    }
  }

  private static let bad = [
    Example("ALTER TABLE things DROP COLUMN note;", "C01"),
    Example("DROP VIEW small;\nDROP TABLE things;", "C02", "C02"),
    Example("DROP VIEW small;", "C02"),
    Example("DROP TABLE parents;", "C02"),
    Example("ALTER TABLE things RENAME COLUMN note TO remark;", "C03"),
    Example("ALTER TABLE parents RENAME TO owners;", "C03"),
    Example("ALTER TABLE things ADD COLUMN kind TEXT NOT NULL;", "C04", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN note SET NOT NULL;", "C05", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN parent TYPE INTEGER;", "C06", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN note TYPE VARCHAR(5);", "C06", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN note TYPE BYTEA USING note::bytea;", "C06", on: .postgres),
    Example("CREATE UNIQUE INDEX things_note ON things (note);", "D03", "C07"),
    Example("ALTER TABLE things ADD CONSTRAINT one_note UNIQUE (note);", "C07", on: .postgres),
    Example("ALTER TABLE things ADD CONSTRAINT positive CHECK (size > 0) NOT VALID;", "C08", on: .postgres),
    Example(
      "ALTER TABLE things ADD CONSTRAINT owner FOREIGN KEY (parent) REFERENCES parents NOT VALID;", "C08",
      on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN name DROP NOT NULL;", "C09", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN parent TYPE NUMERIC;", "C10", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN code DROP DEFAULT;", "C11", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN code SET DEFAULT 'y';", "C11", on: .postgres),
    Example("DROP INDEX things_name;", "D04", "C12"),
    Example("ALTER TABLE things DROP CONSTRAINT things_code_size_key;", "C12", on: .postgres),
    Example(
      "CREATE TRIGGER t AFTER INSERT ON things BEGIN UPDATE things SET note = 'x' WHERE id = NEW.id; END;",
      "C13",
      on: .sqlite),
    Example("CREATE INDEX things_note ON things (note);", "D03"),
    Example("DROP INDEX things_size;", "D04"),
    // A rebuild that loses something.
    Example(
      """
      CREATE TABLE new_parents (id BIGINT NOT NULL);
      INSERT INTO new_parents SELECT id FROM parents;
      DROP TABLE parents;
      ALTER TABLE new_parents RENAME TO parents;
      """, "C05", "C12", on: .sqlite),
    Example(
      """
      DROP VIEW small;
      CREATE TABLE new_things (
        id BIGINT PRIMARY KEY, name TEXT NOT NULL, size INTEGER DEFAULT 1, note TEXT NOT NULL,
        parent BIGINT REFERENCES parents (id), code TEXT NOT NULL DEFAULT 'x', UNIQUE (code, size)
      );
      INSERT INTO new_things SELECT * FROM things WHERE note IS NOT NULL;
      DROP TABLE things;
      ALTER TABLE new_things RENAME TO things;
      CREATE UNIQUE INDEX things_name ON things (name);
      CREATE INDEX things_size ON things (size);
      CREATE VIEW small AS SELECT id FROM things WHERE size < 10;
      """, "C05", "C08", on: .sqlite),
  ]

  private static let good = [
    Example("CREATE TABLE more (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, CHECK (id > 0));"),
    Example("ALTER TABLE things ADD COLUMN kind TEXT;"),
    Example("ALTER TABLE things ADD COLUMN kind TEXT NOT NULL DEFAULT 'plain';"),
    Example("ALTER TABLE things ADD COLUMN kind BIGINT GENERATED ALWAYS AS IDENTITY;", on: .postgres),
    Example("ALTER TABLE things ADD COLUMN twice INTEGER AS (size * 2) VIRTUAL;", on: .sqlite),
    Example(
      "CREATE TABLE more (id BIGINT);\nALTER TABLE more ADD COLUMN x TEXT;\nCREATE UNIQUE INDEX m ON more (x);"
    ),
    Example(
      "CREATE TABLE more (a TEXT, b TEXT);\nALTER TABLE more DROP COLUMN b;\nALTER TABLE more RENAME COLUMN a TO c;"
    ),
    Example("CREATE VIEW other AS SELECT id, name FROM things;"),
    Example("DROP VIEW small;\nCREATE VIEW small AS SELECT id FROM things WHERE size < 20;"),
    Example("UPDATE things SET note = 'x' WHERE note IS NULL;"),
    Example("INSERT INTO parents VALUES (1);"),
    Example("ALTER TABLE things ALTER COLUMN note TYPE VARCHAR;", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN note SET DEFAULT 'x';", on: .postgres),
    Example("CREATE SEQUENCE s;\nCREATE TYPE mood AS ENUM ('fine');", on: .postgres),
    Example(
      "CREATE TYPE mood AS ENUM ('fine');\nALTER TYPE mood RENAME VALUE 'fine' TO 'good';", on: .postgres),
    Example(
      "ALTER TABLE things ADD COLUMN kind TEXT;\nALTER TABLE things ADD CONSTRAINT k CHECK (kind <> '');",
      on: .postgres),
    Example("ALTER TABLE things ADD COLUMN kind TEXT UNIQUE;", on: .postgres),
    Example("ALTER INDEX things_size SET (fillfactor = 90);\nCOMMENT ON TABLE things IS 'x';", on: .postgres),
    Example("DROP INDEX things_name;\nCREATE UNIQUE INDEX things_by_name ON things (name);", "D04", "D03"),
    Example("-- gradus:ignore C01 nobody reads it since version 0\nALTER TABLE things DROP COLUMN note;"),
    Example(
      "ALTER TABLE things ADD COLUMN a TEXT;\n\n-- gradus:ignore C01 unused\n-- gradus:ignore D04 unused\n\n/* it */ ALTER TABLE things DROP COLUMN note;"
    ),
    // A rebuild that changes nothing.
    Example(
      """
      DROP VIEW small;
      CREATE TABLE new_things (
        id BIGINT PRIMARY KEY, name TEXT NOT NULL, size INTEGER DEFAULT 1, note TEXT,
        parent BIGINT, code TEXT NOT NULL DEFAULT 'x', extra TEXT, UNIQUE (code, size)
      );
      INSERT INTO new_things SELECT *, NULL FROM things;
      DROP TABLE things;
      ALTER TABLE new_things RENAME TO things;
      CREATE UNIQUE INDEX things_name ON things (name);
      CREATE INDEX things_size ON things (size);
      CREATE VIEW small AS SELECT id FROM things WHERE size < 10;
      """, on: .sqlite),
  ]

  private static func check(_ engine: Engine, _ delta: String, ledger: String? = nil) async throws
    -> [Finding]
  {
    let tree = try TemporarySchema([
      "schema/schema.yaml": ledger
        ?? "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_base.sql": base, "delta/main/2/01_change.sql": delta,
    ])
    let schema = try tree.definition()
    let server = try ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"].map(ScratchServer.init)
    let registry = UpdateRegistry(handlers: [], declarations: schema.tree.declarations.values)
    return try await Checker(
      SchemaBuilder(schema: schema, registry: registry, server: server), engines: [engine]
    ).run()
  }

  @Test(arguments: TestDatabase.availableEngines, bad + good)
  func findsWhatItHasToAndNothingElse(engine: Engine, example: Example) async throws {
    guard example.engines.contains(engine) else { return }
    let findings = try await Self.check(engine, example.sql)
    #expect(findings.map(\.rule).sorted() == example.rules.sorted(), "\(findings.map(\.message))")
    for finding in findings {
      #expect(finding.file == "delta/main/2/01_change.sql")
      #expect(finding.position != nil && finding.statement != nil)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theStatementIsNamed(engine: Engine) async throws {
    let delta =
      "-- why\nCREATE TABLE more (id BIGINT);\n\n  ALTER TABLE things DROP COLUMN note;\nINSERT INTO more VALUES (1);\n"
    let finding = try #require(try await Self.check(engine, delta).first)
    #expect(finding.position == SourcePosition(line: 4, column: 3))
    #expect(finding.statement?.hasPrefix("ALTER TABLE things DROP COLUMN note") == true)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whereNoOlderVersionIsAdmittedNoneBreaks(engine: Engine) async throws {
    let ledger = "version: 2\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 2}}\n"
    let findings = try await Self.check(engine, "ALTER TABLE things DROP COLUMN note;", ledger: ledger)
    #expect(findings.map(\.rule) == ["C14"])
  }

  @Test(arguments: [
    "-- gradus:ignore C01\nSELECT 1;", "-- gradus:ignore C99 because\nSELECT 1;",
    "-- gradus:ignore\nSELECT 1;",
  ])
  func aSuppressionNeedsARuleAndAReason(delta: String) async throws {
    let error = try #require(await #expect(throws: GradusError.self) { try await Self.check(.sqlite, delta) })
    #expect(error.file == "delta/main/2/01_change.sql")
    #expect(error.position?.line == 1)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aFailingDeltaIsNamed(engine: Engine) async throws {
    let error = try #require(
      await #expect(throws: GradusError.self) {
        try await Self.check(engine, "SELECT 1;\nDROP TABLE nothing;")
      })
    #expect(error.file == "delta/main/2/01_change.sql")
    #expect(error.position?.line == 2)
  }
}
