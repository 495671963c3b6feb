import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// C08 of constraints that take the place of others: only where they refuse what those admitted.
@Suite struct ReplacedConstraintTests {
  /// What is found of these in a delta that gives a table another definition.
  private static func refusals(
    _ engine: Engine, _ column: String, _ old: String, _ new: String, constraint: String
  ) async throws -> [String] {
    let parent = "CREATE TABLE owners (id BIGINT PRIMARY KEY);"
    let index = "CREATE INDEX pets_c ON pets (c);"
    func table(_ name: String, _ constraint: String) -> String {
      "CREATE TABLE \(name) (id BIGINT PRIMARY KEY, c \(column), CONSTRAINT old \(constraint));"
    }
    let delta =
      switch engine {
      case .sqlite:
        """
        \(table("new_pets", constraint + new))
        INSERT INTO new_pets SELECT * FROM pets;
        DROP TABLE pets;
        ALTER TABLE new_pets RENAME TO pets;
        \(index)
        """
      case .postgres:
        """
        ALTER TABLE pets DROP CONSTRAINT old;
        ALTER TABLE pets ADD CONSTRAINT new \(constraint + new) NOT VALID;
        """
      }
    let findings = try await Corpus.check(
      [engine],
      [
        "schema/main/1/01_base.sql": [parent, table("pets", constraint + old), index].joined(separator: "\n"),
        "delta/main/2/01_change.sql": delta,
      ])
    return findings.map(\.rule).filter { $0 == "C08" }
  }

  /// What a DELETE that passed has to do with it.
  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("", " ON DELETE CASCADE", []), ("", " ON DELETE SET NULL ON UPDATE CASCADE", []),
      (" ON DELETE RESTRICT", "", []), (" ON DELETE CASCADE", " ON DELETE SET NULL", []),
      (" ON DELETE CASCADE ON UPDATE CASCADE", " ON DELETE CASCADE", ["C08"]),
      (" ON DELETE CASCADE", "", ["C08"]), ("", " ON DELETE RESTRICT", ["C08"]),
      (" ON DELETE CASCADE", " ON DELETE SET DEFAULT", ["C08"]),
    ])
  func actionsOfForeignKeys(
    engine: Engine, change: (old: String, new: String, rules: [String])
  ) async throws {
    let found = try await Self.refusals(
      engine, "BIGINT", change.old, change.new, constraint: "FOREIGN KEY (c) REFERENCES owners (id)")
    #expect(found == change.rules)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatMustNotBeNullIsNotSetSo(engine: Engine) async throws {
    let found = try await Self.refusals(
      engine, "BIGINT NOT NULL", " ON DELETE CASCADE", " ON DELETE SET NULL",
      constraint: "FOREIGN KEY (c) REFERENCES owners (id)")
    #expect(found == ["C08"])
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("TEXT", "c IN ('a', 'b')", "c IN ('a', 'b', 'c, d')", []),
      ("VARCHAR(9)", "c IN ('a', 'b')", "c IN ('x', 'b', 'a')", []),
      ("BIGINT", "c IN (1, 2)", "c IN (-1, 1, 2)", []),
      ("TEXT", "c IN ('a')", "c IN ('a', 'b')", []),
      ("TEXT", "c IN ('a', 'b')", "c IN ('b')", ["C08"]),
      ("TEXT", "c IN ('a')", "c IN ('b', 'c')", ["C08"]),
      ("VARCHAR(9)", "c IN ('it''s')", "c IN ('it''s', 'b')", []),
      ("BIGINT", "c IN (-1)", "c IN (-1, 2)", []),
      ("BIGINT", "c IN (1)", "c IN (1, 2)", []),
      ("BIGINT", "c = 1", "c IN (1, 2)", []),
      ("BIGINT", "c = id", "c IN (1, 2)", ["C08"]),
      ("BIGINT", "c = 1 AND id > 2", "c IN (1, 2) AND id > 3", ["C08"]),
      ("TEXT", "c IN ('a', 'b')", "c IN ('a', 'x')", ["C08"]),
      ("TEXT", "c IN ('a', 'b, x')", "c IN ('a', 'b', 'x')", ["C08"]),
      ("BIGINT", "c NOT IN (1, 2)", "c NOT IN (1, 2, 3)", ["C08"]),
      ("BIGINT", "c IN (1, 2) OR c > 9", "c IN (1, 2, 3) AND c > 9", ["C08"]),
    ])
  func listsOfValues(
    engine: Engine, change: (type: String, old: String, new: String, rules: [String])
  ) async throws {
    let found = try await Self.refusals(
      engine, change.type, "(\(change.old))", "(\(change.new))", constraint: "CHECK ")
    #expect(found == change.rules)
  }
}
