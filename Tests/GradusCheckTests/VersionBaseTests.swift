import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// What older versions know is what the version before has, whatever the deltas of one version make of it together.
@Suite struct VersionBaseTests {
  struct Version: CustomTestStringConvertible, Sendable {
    var deltas: [String]
    var rules: [String]
    var engines: Set<Engine>
    var testDescription: String { deltas.joined(separator: " | ") }

    init(_ deltas: String..., finds rules: [String], on engines: Engine...) {
      self.deltas = deltas
      self.rules = rules
      self.engines = engines.isEmpty ? [.sqlite, .postgres] : Set(engines)
    }
  }

  private static let renamed =
    "-- gradus:ignore C03 a view has the old name\nALTER TABLE parents RENAME TO owners;"

  private static let versions = [
    // Under another name a table has its rows and users still.
    Version(renamed, "UPDATE owners SET note = 'x';", finds: ["P09"]),
    Version(renamed, "CREATE INDEX owners_note ON owners (note);", finds: ["D03"]),
    Version(
      renamed, "ALTER TABLE owners ALTER COLUMN note SET NOT NULL;", finds: ["C05", "P01"], on: .postgres),
    Version(
      renamed, "SELECT 1;", "CREATE TABLE parents (id BIGINT);\nUPDATE owners SET note = 'x';", finds: ["P09"]
    ),
    // A table that was made anew is the one that older versions know.
    Version(
      """
      CREATE TABLE new_parents (id BIGINT PRIMARY KEY, note TEXT);
      INSERT INTO new_parents SELECT * FROM parents;
      DROP TABLE parents;
      ALTER TABLE new_parents RENAME TO parents;
      """, "UPDATE parents SET note = 'x';", "ALTER TABLE parents DROP COLUMN note;", finds: ["C01", "P09"],
      on: .sqlite),
    // Nobody knows what the version itself makes, and takes back.
    Version(
      "ALTER TABLE parents ADD COLUMN scratch TEXT;", "ALTER TABLE parents DROP COLUMN scratch;", finds: []),
    Version("CREATE VIEW notes AS SELECT note FROM parents;", "DROP VIEW notes;", finds: []),
    Version(
      "ALTER TABLE parents ADD COLUMN size BIGINT;",
      "ALTER TABLE parents ADD CONSTRAINT positive CHECK (size > 0) NOT VALID;", finds: [], on: .postgres),
    Version(
      "-- gradus:ignore D03 few rows\nCREATE UNIQUE INDEX once ON parents (id, note);", "DROP INDEX once;",
      finds: []),
    // But what it makes may become a demand.
    Version(
      "ALTER TABLE parents ADD COLUMN size BIGINT NOT NULL DEFAULT 1;",
      "ALTER TABLE parents ALTER COLUMN size DROP DEFAULT;", finds: ["C04"], on: .postgres),
  ]

  @Test(arguments: TestDatabase.availableEngines, versions)
  func deltasAreJudgedByTheVersionBefore(engine: Engine, version: Version) async throws {
    guard version.engines.contains(engine) else { return }
    var files = ["schema/main/1/01_base.sql": "CREATE TABLE parents (id BIGINT PRIMARY KEY, note TEXT);"]
    for (number, delta) in version.deltas.enumerated() {
      files["delta/main/2/0\(number + 1)_change.sql"] = delta
    }
    let findings = try await Corpus.check([engine], files)
    #expect(findings.map(\.rule).sorted() == version.rules.sorted(), "\(findings.map(\.message))")
  }
}
