import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// Rules about the files and the ledger as a whole.
@Suite struct TreeRulesTests {
  private static let base = [
    "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT);"
  ]

  private static func rules(_ files: [String: String], ledger: String? = nil) async throws -> [String] {
    try await Corpus.check([.sqlite], base.merging(files) { $1 }, ledger: ledger).map(\.rule)
  }

  @Test(arguments: [
    ("version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n", []),
    ("version: 3\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}\n", []),
    ("version: 2\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 2}}\n", ["C14"]),
    // That is past: nobody can mend it any more.
    ("version: 3\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 2}, 3: {compat: 2}}\n", []),
  ])
  func compatVersions(ledger: String, expected: [String]) async throws {
    #expect(try await Self.rules([:], ledger: ledger) == expected)
  }

  @Test(arguments: [
    (["delta/main/2/01_a.sql", "delta/main/2/02_b.sql"], []),
    (["delta/main/2/01_a.sql.sqlite", "delta/main/2/01_a.sql.postgres"], []),
    (["delta/main/2/01_a.sql", "delta/main/2/01_b.sql"], ["D07"]),
    // They never run together.
    (["delta/main/2/01_a.sql.sqlite", "delta/main/2/01_b.sql.postgres"], []),
    (["delta/main/2/01_a.sql.sqlite", "delta/main/2/01_b.sql.sqlite"], ["D07"]),
    (["delta/main/2/01_a.sql.sqlite", "delta/main/2/01_b.sql"], ["D07"]),
    (["delta/main/2/01_a.sql.sqlite", "delta/main/2/01_b.sql.postgres", "delta/main/2/01_c.sql"], ["D07"]),
    (["delta/main/2/1_a.sql"], ["D07"]),
  ])
  func numbers(files: [String], expected: [String]) async throws {
    let files = Dictionary(uniqueKeysWithValues: files.map { ($0, "SELECT 1;") })
    #expect(try await Self.rules(files) == expected)
  }

  @Test(arguments: [("delta/main/2/01_a.sql", []), ("delta/main/3/01_a.sql", ["D08"])])
  func unknownVersions(file: String, expected: [String]) async throws {
    #expect(try await Self.rules([file: "SELECT 1;"]) == expected)
  }

  /// To Swift, é and e with an accent behind it are the same.
  @Test(
    arguments: TestDatabase.availableEngines,
    [
      "INSERT INTO things VALUES (1, '%');", "ALTER TABLE things ADD COLUMN kind TEXT DEFAULT '%';",
      "CREATE TABLE more (a TEXT CHECK (a <> '%'));",
      "CREATE TABLE more (a TEXT);\nCREATE INDEX more_a ON more (a) WHERE a <> '%';",
      "CREATE VIEW named AS SELECT id FROM things WHERE name <> '%';",
    ])
  func fullSchemasAreComparedByBytes(engine: Engine, change: String) async throws {
    let base = "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT);"
    for (letter, rules) in [("\u{E9}", []), ("e\u{301}", ["D05"])] as [(String, [String])] {
      let findings = try await Corpus.check(
        [engine],
        [
          "schema/main/1/01_base.sql": base,
          "delta/main/2/01_change.sql": change.replacing("%", with: "\u{E9}"),
          "schema/main/2/01_base.sql": "\(base)\n\(change.replacing("%", with: letter))",
        ])
      #expect(Set(findings.map(\.rule)) == Set(rules), "\(findings.map(\.message))")
    }
  }

  /// They are another server's, which may be out of reach.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func rowsOfForeignTablesAreLeftAlone() async throws {
    let base = """
      CREATE EXTENSION file_fdw;
      CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
      CREATE FOREIGN TABLE remote (id BIGINT, name TEXT) SERVER files OPTIONS (filename '/nowhere/at/all');
      CREATE TABLE things (id BIGINT PRIMARY KEY);
      """
    let delta = "CREATE TABLE more (id BIGINT PRIMARY KEY);"
    let findings = try await Corpus.check(
      [.postgres],
      [
        "schema/main/1/01_base.sql": base, "delta/main/2/01_more.sql": delta,
        "schema/main/2/01_base.sql": "\(base)\n\(delta)",
      ])
    #expect(findings.map(\.message) == [])
  }

  private static let index = """
    updates:
      - name: things_name
        kind: index
        table: things
        columns: [name]
    """

  @Test(arguments: [
    ("delta/main/1/01_a.sql", "SELECT 1;", ["D15"]), ("delta/main/2/01_a.sql", "SELECT 1;", []),
    ("delta/main/1/01_a.sql", "-- gradus:ignore D15 there are older databases\nSELECT 1;", []),
    ("delta/main/1/01_a.updates.yaml", index, []), ("delta/main/3/01_a.sql", "SELECT 1;", []),
  ])
  func deltasBelowTheOldestFullSchema(file: String, text: String, expected: [String]) async throws {
    let ledger =
      "version: 3\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}\n"
    let files = ["schema/main/2/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT);"]
    let findings = try await Corpus.check([.sqlite], files.merging([file: text]) { $1 }, ledger: ledger)
    #expect(findings.map(\.rule) == expected)
    #expect(findings.allSatisfy { $0.file == file && $0.severity == .warning })
  }

  @Test(arguments: [
    ("delta/main/2/1_a.sql", "D07"), ("delta/main/3/01_a.sql", "D08"),
  ])
  func whatIsMeantIsNotFound(file: String, rule: String) async throws {
    #expect(try await Self.rules([file: "SELECT 1;"]) == [rule])
    #expect(try await Self.rules([file: "-- gradus:ignore \(rule) it came so\nSELECT 1;"]) == [])
  }

  @Test(arguments: [("note TEXT, name TEXT", []), ("name TEXT", ["D05"]), ("name TEXT, note BLOB", ["D05"])])
  func fullSchemas(columns: String, expected: [String]) async throws {
    let files = [
      "delta/main/2/01_note.sql": "ALTER TABLE things ADD COLUMN note TEXT;",
      "schema/main/2/01_all.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY, \(columns));",
    ]
    #expect(try await Self.rules(files) == expected)
  }

  /// That of the engine on which it differs.
  @Test func theFullSchemaThatDiffersIsNamed() async throws {
    let full = "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, note TEXT);"
    var files = Self.base
    files["delta/main/2/01_note.sql"] = "ALTER TABLE things ADD COLUMN note TEXT;"
    files["schema/main/2/full.sql.postgres"] = full
    files["schema/main/2/full.sql.sqlite"] = full.replacing(", note TEXT", with: "")
    let findings = try await Corpus.check([.sqlite], files)
    #expect(findings.map(\.file) == ["schema/main/2/full.sql.sqlite"])
  }

  /// New databases do not begin with it, so that nothing of it is compared either.
  @Test func aFullSchemaOfSomeDatabasesIsFound() async throws {
    var files = Self.base
    files["schema/state/1/01_notes.sql"] = "CREATE TABLE notes (id BIGINT PRIMARY KEY);"
    files["schema/main/2/01_all.sql"] = files["schema/main/1/01_base.sql"]
    let findings = try await Corpus.check([.sqlite], files)
    #expect(
      findings.map(\.message) == ["the full schema of version 2 has no file for the database 'state'"])
    #expect(findings.map(\.rule) == ["D05"])
    files["schema/state/2/01_notes.sql"] = files["schema/state/1/01_notes.sql"]
    #expect(try await Self.rules(files) == [])
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("", ["D05"]), ("INSERT INTO things VALUES (1, 'b');", ["D05"]),
      ("INSERT INTO things VALUES (1, 'a');", []),
      ("-- gradus:ignore D05 the first thing is the operator's to write\n", []),
    ])
  func rowsOfFullSchemas(engine: Engine, full: (rows: String, rules: [String])) async throws {
    let files = [
      "delta/main/2/01_first.sql": "INSERT INTO things VALUES (1, 'a');",
      "schema/main/2/01_all.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT);\n\(full.rows)",
    ]
    let findings = try await Corpus.check([engine], Self.base.merging(files) { $1 })
    #expect(findings.map(\.rule) == full.rules, "\(findings.map(\.message))")
  }

  @Test(arguments: [("note TEXT", []), ("note VARCHAR(9)", []), ("remark TEXT", ["D06", "D06"])])
  func parity(column: String, expected: [String]) async throws {
    let engines = TestDatabase.availableEngines
    guard engines.contains(.postgres) else { return }
    let files = [
      "delta/main/2/01_note.sql.sqlite": "ALTER TABLE things ADD COLUMN note TEXT;",
      "delta/main/2/01_note.sql.postgres": "ALTER TABLE things ADD COLUMN \(column);",
    ]
    let findings = try await Corpus.check([.sqlite, .postgres], Self.base.merging(files) { $1 })
    #expect(findings.map(\.rule) == expected)
  }

  /// On SQLite their rows are in their table.
  @Test func partitionsAreNotLacking() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let files = [
      "schema/main/1/02_days.sql.sqlite": "CREATE TABLE days (id BIGINT PRIMARY KEY);",
      "schema/main/1/02_days.sql.postgres": """
      CREATE TABLE days (id BIGINT PRIMARY KEY) PARTITION BY RANGE (id);
      CREATE TABLE days_0 PARTITION OF days FOR VALUES FROM (0) TO (1000);
      """,
    ]
    let findings = try await Corpus.check([.sqlite, .postgres], Self.base.merging(files) { $1 })
    #expect(findings.isEmpty, "\(findings.map(\.message))")
  }

  private static let local = "CREATE TABLE Local (Id BIGINT PRIMARY KEY);"

  @Test(arguments: [
    ("delta/main/2/01_local.sql.sqlite", local, ["delta/main/2/01_local.sql.sqlite"]),
    ("delta/main/2/01_local.sql.postgres", local, ["delta/main/2/01_local.sql.postgres"]),
    ("schema/main/1/02_local.sql.sqlite", local, ["schema/main/1/02_local.sql.sqlite"]),
    ("delta/main/2/01_local.sql.sqlite", "-- gradus:ignore D06 SQLite's own\n\(local)", []),
    ("schema/main/1/02_local.sql.sqlite", "-- gradus:ignore D06 SQLite's own\n\(local)", []),
    // PostgreSQL has its name in lower case.
    ("delta/main/2/01_local.sql", local, []),
  ])
  func whatIsOnOneEngineOnly(file: String, sql: String, found: [String]) async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let findings = try await Corpus.check([.sqlite, .postgres], Self.base.merging([file: sql]) { $1 })
    #expect(findings.map(\.rule) == found.map { _ in "D06" }, "\(findings.map(\.message))")
    #expect(findings.map(\.file) == found)
    let isDelta = file.hasPrefix("delta/")
    #expect(findings.allSatisfy { ($0.position?.line == 1) == isDelta })
  }

  @Test func whatBothEnginesFindIsOneFinding() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let files = ["delta/main/2/01_a.sql": "ALTER TABLE things DROP COLUMN name;\nSELECT 1;"]
    let findings = try await Corpus.check([.sqlite, .postgres], Self.base.merging(files) { $1 })
    #expect(findings.map(\.rule) == ["C01"])
    #expect(findings.first?.engines == [.sqlite, .postgres])
  }

  /// What comes after a delta that would be refused is not looked at on that engine.
  @Test func nothingIsBuiltUponWhatFails() async throws {
    let ledger =
      "version: 3\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}\n"
    let files = [
      "delta/main/2/01_a.sql": "ALTER TABLE things ADD COLUMN a TEXT;\nBEGIN;",
      "delta/main/3/01_b.sql": "ALTER TABLE things DROP COLUMN a;",
    ]
    #expect(try await Self.rules(files, ledger: ledger) == ["P14"])
  }
}
