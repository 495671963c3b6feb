import Foundation
import Gradus
import GradusCheck
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

/// For each rule on what older versions read and write: the change really breaks a query of such a version, and a
/// harmless change of the same sort does not.
@Suite struct FloorTests {
  private static let base = """
    CREATE TABLE parents (id BIGINT PRIMARY KEY);
    CREATE TABLE things (
      id BIGINT PRIMARY KEY, name TEXT NOT NULL, size BIGINT DEFAULT 1, note TEXT, parent BIGINT,
      code TEXT NOT NULL DEFAULT 'x'
    );
    CREATE UNIQUE INDEX things_name ON things (name);
    CREATE VIEW small AS SELECT id FROM things WHERE size < 10;
    """
  private static let queries = """
    -- query: note_of (id bigint not null)
    SELECT name, note FROM things WHERE id = $1;

    -- query: add_thing (id bigint not null, name text not null, note text, parent bigint)
    INSERT INTO things (id, name, note, parent) VALUES ($1, $2, $3, $4);

    -- query: rename_thing (name text not null, note text)
    INSERT INTO things (id, name, note) VALUES (77, $1, $2) ON CONFLICT (name) DO UPDATE SET note = excluded.note;

    -- query: resize (id bigint not null, size bigint not null)
    UPDATE things SET size = $2 WHERE id = $1;

    -- query: default_code (id bigint not null)
    INSERT INTO things (id, name) VALUES ($1, 'fresh') RETURNING code, size;

    -- query: small_things
    SELECT id FROM small;
    """

  struct Witness: CustomTestStringConvertible, Sendable {
    var rule: String
    var query: String
    var delta: String
    var engines: Set<Engine>
    var testDescription: String { "\(rule) \(delta)" }

    init(_ rule: String, _ query: String, _ delta: String, on engines: Engine...) {
      self.rule = rule
      self.query = query
      self.delta = delta
      self.engines = engines.isEmpty ? [.sqlite, .postgres] : Set(engines)
    }
  }

  private static func rebuilt(_ columns: String, _ copied: String = "id, name, size, note, parent, code")
    -> String
  {
    """
    DROP VIEW small;
    CREATE TABLE new_things (\(columns));
    INSERT INTO new_things (\(copied)) SELECT \(copied) FROM things;
    DROP TABLE things;
    ALTER TABLE new_things RENAME TO things;
    CREATE UNIQUE INDEX things_name ON things (name);
    CREATE VIEW small AS SELECT id FROM things WHERE size < 10;
    """
  }

  private static let breaking = [
    Witness("C01", "note_of", "ALTER TABLE things DROP COLUMN note;"),
    Witness("C02", "small_things", "DROP VIEW small;"),
    Witness("C02", "note_of", "DROP VIEW small;\nDROP TABLE things;"),
    Witness("C03", "note_of", "ALTER TABLE things RENAME COLUMN note TO remark;"),
    Witness("C03", "note_of", "ALTER TABLE things RENAME TO objects;"),
    Witness(
      "C04", "add_thing",
      "ALTER TABLE things ADD COLUMN kind TEXT NOT NULL DEFAULT 'x';\nALTER TABLE things ALTER COLUMN kind DROP DEFAULT;",
      on: .postgres),
    Witness(
      "C05", "add_thing",
      "UPDATE things SET note = '' WHERE note IS NULL;\nALTER TABLE things ALTER COLUMN note SET NOT NULL;",
      on: .postgres),
    Witness(
      "C05", "add_thing",
      "UPDATE things SET note = '' WHERE note IS NULL;\n"
        + rebuilt(
          "id BIGINT PRIMARY KEY, name TEXT NOT NULL, size BIGINT DEFAULT 1, note TEXT NOT NULL, parent BIGINT, code TEXT NOT NULL DEFAULT 'x'"
        ), on: .sqlite),
    Witness(
      "C06", "resize",
      "DROP VIEW small;\nALTER TABLE things ALTER COLUMN size TYPE SMALLINT;\nCREATE VIEW small AS SELECT id FROM things WHERE size < 10;",
      on: .postgres),
    Witness("C06", "add_thing", "ALTER TABLE things ALTER COLUMN note TYPE VARCHAR(5);", on: .postgres),
    Witness("C07", "add_thing", "CREATE UNIQUE INDEX things_note ON things (note);"),
    Witness("C07", "add_thing", "ALTER TABLE things ADD UNIQUE (parent);", on: .postgres),
    Witness("C08", "resize", "ALTER TABLE things ADD CHECK (size >= 0) NOT VALID;", on: .postgres),
    Witness(
      "C08", "add_thing", "ALTER TABLE things ADD FOREIGN KEY (parent) REFERENCES parents NOT VALID;",
      on: .postgres),
    Witness(
      "C08", "resize",
      rebuilt(
        "id BIGINT PRIMARY KEY, name TEXT NOT NULL, size BIGINT DEFAULT 1 CHECK (size >= 0), note TEXT, parent BIGINT, code TEXT NOT NULL DEFAULT 'x'"
      ), on: .sqlite),
    Witness("C09", "note_of", "ALTER TABLE things ALTER COLUMN name DROP NOT NULL;", on: .postgres),
    Witness(
      "C11", "default_code", "ALTER TABLE things ALTER COLUMN code DROP DEFAULT;", on: .postgres),
    Witness("C12", "rename_thing", "DROP INDEX things_name;"),
    Witness(
      "C13", "resize",
      "CREATE TRIGGER t BEFORE UPDATE ON things BEGIN SELECT RAISE(ABORT, 'no'); END;", on: .sqlite),
    Witness(
      "C13", "resize",
      "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;\nCREATE TRIGGER t BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION no();",
      on: .postgres),
  ]

  /// What nothing refuses.
  private static let swallowing = [
    Witness(
      "C13", "resize",
      "CREATE TRIGGER t BEFORE UPDATE ON things BEGIN SELECT RAISE(IGNORE); END;", on: .sqlite),
    Witness(
      "C13", "add_thing",
      "CREATE TRIGGER t BEFORE INSERT ON things WHEN NEW.parent IS NULL BEGIN SELECT RAISE(IGNORE); END;",
      on: .sqlite),
    Witness(
      "C13", "resize",
      "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;\nCREATE TRIGGER t BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION no();",
      on: .postgres),
  ]

  private static let harmless = [
    "CREATE TABLE more (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE);",
    "ALTER TABLE things ADD COLUMN kind TEXT NOT NULL DEFAULT 'plain';",
    "ALTER TABLE things ADD COLUMN kind TEXT;\nCREATE UNIQUE INDEX things_kind ON things (kind);",
    "CREATE UNIQUE INDEX things_by_name ON things (name);\nDROP INDEX things_name;",
    "DROP VIEW small;\nCREATE VIEW small AS SELECT id, name FROM things WHERE size < 20;",
    "CREATE INDEX things_note ON things (note, size);",
  ]

  private static func floor(
    _ engine: Engine, _ delta: String, queries: [Int: String] = [1: queries], compat: Int = 1,
    files: [String: String] = [:]
  ) async throws -> CompatFloor {
    var files = files
    files["schema/schema.yaml"] =
      files["schema/schema.yaml"]
      ?? "version: 2\ncompat_version: \(compat)\nversions: {1: {compat: 1}, 2: {compat: \(compat)}}\n"
    files["schema/main/1/01_base.sql"] = base
    files["delta/main/2/01_change.sql"] = delta
    for (version, text) in queries { files["schema/queries/\(version).sql"] = text }
    let tree = try TemporarySchema(files)
    let schema = try tree.definition()
    let server = try ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"].map(ScratchServer.init)
    let registry = UpdateRegistry(handlers: [], declarations: schema.tree.declarations.values)
    let builder = SchemaBuilder(schema: schema, registry: registry, server: server)
    let manifest = try QueryManifest(
      root: tree.root, layout: SchemaLayout(), among: schema.ledger.versions.keys)
    return try await FloorFinder(builder, manifest, engines: [engine]).floor(of: 2)
  }

  @Test(arguments: TestDatabase.availableEngines, breaking)
  func theOldQueryReallyBreaks(engine: Engine, witness: Witness) async throws {
    guard witness.engines.contains(engine) else { return }
    let floor = try await Self.floor(engine, witness.delta)
    #expect(floor.floor == 2)
    #expect(floor.declared == 1)
    let breakage = floor.breakages.first { $0.query.name == witness.query }
    let found = floor.breakages.map { "\($0.query.name): \($0.message)" }
    #expect(breakage?.cause?.file == "delta/main/2/01_change.sql", "\(found)")
    #expect(floor.findings.contains { $0.rule == "C15" && $0.severity == .error })
    #expect(floor.notes.isEmpty, "\(floor.notes)")
  }

  @Test(arguments: TestDatabase.availableEngines, swallowing)
  func aWriteThatIsSwallowedIsBroken(engine: Engine, witness: Witness) async throws {
    guard witness.engines.contains(engine) else { return }
    let floor = try await Self.floor(engine, witness.delta)
    let breakage = floor.breakages.first { $0.query.name == witness.query }
    let found = floor.breakages.map { "\($0.query.name): \($0.message)" }
    #expect(breakage?.message.contains("writes no row any more") == true, "\(found)")
    #expect(breakage?.cause?.file == "delta/main/2/01_change.sql", "\(found)")
  }

  /// Neither engine takes the other's text.
  @Test(arguments: TestDatabase.availableEngines)
  func eachEngineHasItsOwnTextOfAQuery(engine: Engine) async throws {
    let text = """
      -- query: notes (id bigint not null) on postgres
      SELECT note FROM things WHERE id = ANY(ARRAY[$1::bigint]);

      -- query: notes (id bigint not null) on sqlite
      SELECT note FROM things INDEXED BY things_name WHERE id = $1 AND name IS NOT NULL;
      """
    let floor = try await Self.floor(engine, "ALTER TABLE things DROP COLUMN note;", queries: [1: text])
    #expect(floor.breakages.map(\.query.engines) == [[engine]])
    #expect(floor.breakages.map(\.query.name) == ["notes"])
  }

  /// The smallest number is among those that are tried.
  @Test(arguments: TestDatabase.availableEngines)
  func aBoundBelowIsFound(engine: Engine) async throws {
    let delta =
      switch engine {
      case .postgres: "ALTER TABLE things ADD CHECK (size > -1000000) NOT VALID;"
      case .sqlite:
        Self.rebuilt(
          "id BIGINT PRIMARY KEY, name TEXT NOT NULL, size BIGINT DEFAULT 1 CHECK (size > -1000000), note TEXT, parent BIGINT, code TEXT NOT NULL DEFAULT 'x'"
        )
      }
    let floor = try await Self.floor(engine, delta)
    #expect(floor.breakages.contains { $0.query.name == "resize" })
  }

  /// Of a column that was never read nobody knows that it is never NULL.
  @Test(arguments: TestDatabase.availableEngines)
  func whatReturnedNothingMayReturnNull(engine: Engine) async throws {
    let query = "-- query: notes\nSELECT things.note FROM small JOIN things ON things.id = small.id;\n"
    let floor = try await Self.floor(
      engine, "DROP VIEW small;\nCREATE VIEW small AS SELECT id FROM things;", queries: [1: query, 2: query])
    #expect(floor.breakages.isEmpty, "\(floor.breakages.map(\.message))")
    #expect(floor.floor == 1)
  }

  private static let drop = "-- query: drop_parent (id bigint not null)\nDELETE FROM parents WHERE id = $1;\n"

  /// What a new table refers to cannot go any more, unless it goes along.
  @Test(arguments: TestDatabase.availableEngines, [("", true), (" ON DELETE CASCADE", false)])
  func whatIsReferredToStays(engine: Engine, key: (action: String, breaks: Bool)) async throws {
    let floor = try await Self.floor(
      engine, "CREATE TABLE children (id BIGINT PRIMARY KEY, parent BIGINT REFERENCES parents\(key.action));",
      queries: [1: Self.drop, 2: Self.drop])
    let breakage = floor.breakages.first { $0.query.name == "drop_parent" }
    #expect((breakage != nil) == key.breaks)
    #expect(breakage?.cause?.file == (key.breaks ? "delta/main/2/01_change.sql" : nil))
  }

  /// Rows that went along with others have to do so still, or be changed along with them.
  @Test(
    arguments: TestDatabase.availableEngines, [("", true), (" REFERENCES parents ON DELETE SET NULL", false)])
  func whatWentAlongHasToDoSo(engine: Engine, key: (reference: String, breaks: Bool)) async throws {
    func children(_ name: String, _ reference: String) -> String {
      "CREATE TABLE \(name) (id BIGINT PRIMARY KEY, parent BIGINT\(reference));"
    }
    let floor = try await Self.floor(
      engine,
      """
      \(children("new_children", key.reference))
      INSERT INTO new_children SELECT * FROM children;
      DROP TABLE children;
      ALTER TABLE new_children RENAME TO children;
      """, queries: [1: Self.drop, 2: Self.drop],
      files: ["schema/main/1/02_children.sql": children("children", " REFERENCES parents ON DELETE CASCADE")])
    let breakage = floor.breakages.first { $0.query.name == "drop_parent" }
    #expect((breakage != nil) == key.breaks)
    #expect(breakage?.message.contains("leaves rows of 'children'") ?? !key.breaks)
    #expect(breakage?.cause?.file == (key.breaks ? "delta/main/2/01_change.sql" : nil))
  }

  /// That there is nothing to go along is no reason for a write to be swallowed.
  @Test func rowsThatGoAlongNeedNotBeThere() async throws {
    let floor = try await Self.floor(
      .sqlite, "CREATE TRIGGER t BEFORE DELETE ON parents BEGIN SELECT RAISE(IGNORE); END;",
      queries: [1: Self.drop, 2: Self.drop],
      files: [
        "schema/main/1/02_children.sql": """
        CREATE TABLE children (id BIGINT PRIMARY KEY NOT NULL CHECK (id <> id), parent BIGINT REFERENCES parents ON DELETE CASCADE);
        """
      ])
    #expect(floor.breakages.first?.message.contains("writes no row any more") == true)
  }

  /// A probe that takes back the whole transaction is refused like any other.
  @Test func aProbeThatRollsBackIsTriedOnBothSchemas() async throws {
    let trigger = """
      CREATE TRIGGER t BEFORE UPDATE ON things WHEN NEW.size < 0 BEGIN SELECT RAISE(ROLLBACK, 'too small'); END;
      """
    let floor = try await Self.floor(
      .sqlite, "ALTER TABLE things DROP COLUMN note;", files: ["schema/main/1/02_trigger.sql": trigger])
    #expect(floor.breakages.contains { $0.query.name == "note_of" })
    #expect(!floor.breakages.contains { $0.query.name == "resize" }, "\(floor.breakages.map(\.message))")
  }

  /// A table whose rows are elsewhere by now, and a view with its name that takes them.
  @Test func writesThroughAViewAreWrites() async throws {
    let query = "-- query: add_parent (id bigint not null)\nINSERT INTO parents (id) VALUES ($1);\n"
    let floor = try await Self.floor(
      .sqlite,
      """
      ALTER TABLE parents RENAME TO owners;
      CREATE VIEW parents AS SELECT id FROM owners;
      CREATE TRIGGER t INSTEAD OF INSERT ON parents BEGIN INSERT INTO owners (id) VALUES (NEW.id); END;
      """, queries: [1: query, 2: query])
    #expect(floor.breakages.isEmpty, "\(floor.breakages.map(\.message))")
  }

  @Test(arguments: TestDatabase.availableEngines, harmless)
  func whatDoesNoHarmDoesNotRaiseTheFloor(engine: Engine, delta: String) async throws {
    let floor = try await Self.floor(engine, delta, queries: [1: Self.queries, 2: Self.queries])
    #expect(floor.breakages.isEmpty, "\(floor.breakages.map { "\($0.query.name): \($0.message)" })")
    #expect(floor.floor == 1)
    #expect(floor.findings.isEmpty)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaThatBreaksItsOwnVersionIsNamed(engine: Engine) async throws {
    let floor = try await Self.floor(
      engine, "ALTER TABLE things DROP COLUMN note;", queries: [1: Self.queries, 2: Self.queries])
    #expect(floor.ownBreakages.contains { $0.query.name == "note_of" && $0.cause?.position.line == 1 })
    #expect(floor.findings.contains { $0.message.contains("version 2 does not work on its own schema") })
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theStateOfUpdatesCounts(engine: Engine) async throws {
    // Added as NOT VALID, the constraint refuses new rows at once; the index only when its update has run.
    let updates = """
      updates:
        - name: one_note
          kind: index
          table: things
          columns: [note]
          unique: true
      """
    let files = ["delta/main/2/02_index.updates.yaml": updates]
    let floor = try await Self.floor(engine, "SELECT 1;", files: files)
    let breakage = try #require(floor.breakages.first)
    #expect(breakage.query.name == "add_thing")
    #expect(breakage.state != .pending)
    #expect(breakage.cause?.file == "delta/main/2/02_index.updates.yaml")
  }

  /// What does not come to an end any more does not work, and the other queries are tried all the same.
  @Test(arguments: TestDatabase.availableEngines)
  func aQueryThatNeverEndsIsBroken(engine: Engine) async throws {
    let floor = try await Self.floor(
      engine,
      """
      DROP VIEW small;
      CREATE VIEW small AS
        WITH RECURSIVE n (id) AS (SELECT id FROM things UNION ALL SELECT id + 1 FROM n) SELECT id FROM n WHERE id < 0;
      ALTER TABLE things DROP COLUMN note;
      """)
    let broken = floor.breakages.first { $0.query.name == "small_things" }
    #expect(broken?.message.contains("does not end") == true, "\(floor.breakages.map(\.message))")
    #expect(floor.breakages.contains { $0.query.name == "note_of" })
  }

  @Test func anAdmittedVersionWithoutQueriesIsNotPassed() async throws {
    let floor = try await Self.floor(.sqlite, "SELECT 1;", queries: [2: Self.queries])
    #expect(floor.unknown == [1])
    #expect(floor.floor == 2)
    #expect(floor.findings.map(\.severity) == [.error])
  }

  /// Its queries are committed; its schema cannot be made.
  @Test func anAdmittedVersionWhoseDeltasAreSquashedIsSaidToBe() throws {
    let ledger = try Ledger(
      text: """
        version: 3
        compat_version: 1
        upgrades_from: 2
        versions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 1}}
        """, file: "schema.yaml")
    let floor = CompatFloor(version: 3, ledger: ledger, checked: [3], breakages: [], warnings: [])
    #expect(floor.unknown == [1, 2])
    #expect(floor.findings.map { $0.message.contains("squashed") } == [true, false])
    #expect(floor.findings.map { $0.fix.contains("to 2:") } == [true, false])
  }

  @Test func aCompatVersionThatIsNeedlesslyHighIsAWarning() async throws {
    let floor = try await Self.floor(
      .sqlite, "SELECT 1;", queries: [1: Self.queries, 2: Self.queries], compat: 2)
    #expect(floor.floor == 1)
    #expect(floor.findings.map(\.severity) == [.warning])
    #expect(floor.findings.map(\.rule) == ["C15"])
  }

  /// Any other is refused by who reads the ledger.
  @Test(arguments: [(1, 1), (2, 2), (3, nil)] as [(Int, Int?)])
  func nobodyIsToLetInWhatAnEarlierVersionShutsOut(earlier: Int, lowest: Int?) throws {
    func ledger(_ compat: Int) throws -> Ledger {
      try Ledger(
        text: """
          version: 4
          compat_version: \(compat)
          versions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: \(earlier)}, 4: {compat: \(compat)}}
          """, file: "schema.yaml")
    }
    let floor = CompatFloor(
      version: 4, ledger: try ledger(3), checked: [1, 2, 3, 4], breakages: [], warnings: [])
    #expect(floor.floor == 1 && floor.lowest == lowest)
    #expect(floor.findings.map(\.fix).allSatisfy { $0.contains("to \(lowest ?? 0),") })
    #expect(floor.findings.isEmpty == (lowest == nil))
    if let lowest { #expect(throws: Never.self) { try ledger(lowest) } }
  }
}
