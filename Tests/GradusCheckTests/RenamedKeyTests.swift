import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// P13 of foreign keys that are there, and of new ones.
@Suite struct RenamedKeyTests {
  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("ALTER TABLE people RENAME TO persons;", ["C03"]),
      ("ALTER TABLE posts RENAME TO articles;", ["C03"]),
      ("ALTER TABLE posts RENAME COLUMN author TO writer;", ["C03"]),
      (
        "ALTER TABLE posts RENAME TO articles;\nALTER TABLE articles RENAME COLUMN author TO writer;",
        ["C03"]
      ),
      ("ALTER TABLE posts RENAME COLUMN author TO writer;\nALTER TABLE posts RENAME TO articles;", ["C03"]),
      ("ALTER TABLE posts ADD COLUMN editor BIGINT REFERENCES people (id);", ["P13"]),
      (
        "ALTER TABLE posts RENAME TO articles;\nALTER TABLE articles ADD COLUMN editor BIGINT REFERENCES people (id);",
        ["P13", "C03"]
      ),
    ])
  func whatGetsAnotherNameIsNoNewKey(engine: Engine, delta: (sql: String, rules: [String])) async throws {
    let findings = try await Corpus.check(
      [engine],
      [
        "schema/main/1/01_base.sql": """
        CREATE TABLE people (id BIGINT PRIMARY KEY);
        CREATE TABLE posts (id BIGINT PRIMARY KEY, author BIGINT REFERENCES people (id));
        """,
        "delta/main/2/01_change.sql": delta.sql,
      ])
    #expect(findings.map(\.rule) == delta.rules, "\(findings.map(\.message))")
  }
}
