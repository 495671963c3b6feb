import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// Tables that several deltas of one version make anew together: what they lose is found as if it were one delta.
@Suite struct SplitRebuildTests {
  struct Version: CustomTestStringConvertible, Sendable {
    var deltas: [String]
    /// The rules on both engines, and those on one.
    var rules: [String]
    var sqlite: [String]
    var postgres: [String]
    var testDescription: String { deltas.joined(separator: " | ") }

    init(_ deltas: String..., finds rules: [String], sqlite: [String] = [], postgres: [String] = []) {
      (self.deltas, self.rules, self.sqlite, self.postgres) = (deltas, rules, sqlite, postgres)
    }
  }

  private static let columns = "id INTEGER PRIMARY KEY, u INTEGER NOT NULL, n TEXT NOT NULL"
  private static let index = "CREATE UNIQUE INDEX b_un ON b (u, n);"
  private static let copy = "INSERT INTO new_b (id, u, n) SELECT id, u, n FROM b;"
  private static let drop = "-- gradus:ignore C02 the next delta brings it back\nDROP TABLE b;"
  private static let rename = "ALTER TABLE new_b RENAME TO b;"

  private static let versions = [
    Version(
      "CREATE TABLE new_b (\(columns), x TEXT);\n\(copy)", drop, rename, finds: ["C12"], sqlite: ["L02"],
      postgres: ["D04"]),
    Version(
      """
      CREATE TABLE new_b (id INTEGER PRIMARY KEY, u INTEGER NOT NULL UNIQUE);
      INSERT INTO new_b SELECT id, u FROM b;
      """, drop, rename, finds: ["C01", "C07", "C12"], sqlite: ["L02"], postgres: ["D04"]),
    // It is taken away by another name, and dropped at the end.
    Version(
      "-- gradus:ignore C03 the next delta brings it back\nALTER TABLE b RENAME TO old_b;",
      "CREATE TABLE b (\(columns));\nINSERT INTO b SELECT id, u, n FROM old_b;",
      "-- gradus:ignore C02 all is in the new one\nDROP TABLE old_b;", finds: ["C12"], sqlite: ["L02"],
      postgres: ["D04"]),
    // The old one is kept, and its rows are copied: before the names change, or after it.
    Version(
      "-- gradus:ignore C03 the next delta brings it back\nALTER TABLE b RENAME TO old_b;",
      "CREATE TABLE b (\(columns));\nINSERT INTO b SELECT id, u, n FROM old_b;", finds: ["C12"],
      sqlite: ["L02"], postgres: ["D04"]),
    Version(
      "CREATE TABLE new_b (\(columns));\n\(copy)",
      "-- gradus:ignore C03 the next delta brings it back\nALTER TABLE b RENAME TO old_b;", rename,
      finds: ["C12"], sqlite: ["L02"], postgres: ["D04"]),
    // What is meant is not found.
    Version(
      "CREATE TABLE new_b (\(columns));\n\(copy)",
      """
      -- gradus:ignore C02 the next delta brings it back
      -- gradus:ignore C12 nobody has an upsert
      -- gradus:ignore D04 nobody looks for it
      -- gradus:ignore L02 nobody looks for it
      DROP TABLE b;
      """, rename, finds: []),

    // All is there again: as an index of another name, as a constraint, by a later delta.
    Version(
      "CREATE TABLE new_b (\(columns), x TEXT);\n\(copy)\nCREATE UNIQUE INDEX new_b_un ON new_b (u, n);",
      drop, rename, finds: []),
    Version(
      "CREATE TABLE new_b (\(columns), x TEXT CHECK (x <> ''), UNIQUE (u, n));\n\(copy)", drop, rename,
      finds: []),
    Version(
      "CREATE TABLE new_b (\(columns));\n\(copy)", drop, rename,
      "-- gradus:ignore D03 few rows\n\(index)", finds: []),
    // Another table gets its name: it is no rebuild.
    Version(
      "-- gradus:ignore C03 nobody uses it\nALTER TABLE b RENAME TO old_b;",
      "CREATE TABLE b (id INTEGER PRIMARY KEY, x TEXT);\nINSERT INTO b SELECT id, 'x' FROM more;",
      finds: []),
    // What comes after it is found once.
    Version(
      "CREATE TABLE new_b (\(columns), UNIQUE (u, n));\n\(copy)", drop, rename,
      "ALTER TABLE b RENAME COLUMN n TO name;", finds: ["C03"]),
  ]

  @Test(arguments: TestDatabase.availableEngines, versions)
  func isJudgedAsOne(engine: Engine, version: Version) async throws {
    let more = "CREATE TABLE more (id INTEGER PRIMARY KEY);"
    var files = ["schema/main/1/01_base.sql": "CREATE TABLE b (\(Self.columns));\n\(Self.index)\n\(more)"]
    for (number, delta) in version.deltas.enumerated() {
      files["delta/main/2/0\(number + 1)_change.sql"] = delta
    }
    let findings = try await Corpus.check([engine], files)
    let expected = version.rules + (engine == .sqlite ? version.sqlite : version.postgres)
    #expect(findings.map(\.rule).sorted() == expected.sorted(), "\(findings.map(\.message))")
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theStatementThatTakesItAwayIsNamed(engine: Engine) async throws {
    let files = [
      "schema/main/1/01_base.sql": "CREATE TABLE b (\(Self.columns));\n\(Self.index)",
      "delta/main/2/01_new.sql": "CREATE TABLE new_b (\(Self.columns));\n\(Self.copy)",
      "delta/main/2/02_drop.sql": Self.drop, "delta/main/2/03_rename.sql": Self.rename,
    ]
    let finding = try #require(
      try await Corpus.check([engine], files).first { $0.rule == "C12" })
    #expect(finding.message == "'b' has no unique key of n, u any more")
    #expect(finding.file == "delta/main/2/02_drop.sql" && finding.position?.line == 2)
    #expect(finding.cause == "delta/main/2/03_rename.sql")
  }
}
