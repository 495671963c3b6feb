import Foundation
import Gradus
import GradusCheck
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

/// What a check says of updates: where a finding is, what hides it, and what it hides.
@Suite struct UpdateFindingsTests {
  private typealias Example = UpdateRulesTests.Example

  @Test func theLineIsNamed() throws {
    let found = try UpdateRulesTests.findings(
      Example("", files: ["3/01_a.sql": "-- why\nSELECT 1;\n\n\(UpdateRulesTests.insert("nobody", 301))"]))
    #expect(found.first?.position == SourcePosition(line: 4, column: 1))
    #expect(found.first?.statement?.hasPrefix("INSERT INTO background_updates") == true)
    let declared = try UpdateRulesTests.findings(
      Example("", files: ["3/01_a.updates.yaml": "updates:\n  - kind: handler\n    name: \"nobody\"  # x\n"]))
    #expect(declared.first?.position == SourcePosition(line: 3, column: 5))
  }

  private static func check(_ example: Example) async throws -> [Finding] {
    let tree = try UpdateRulesTests.tree(example)
    let schema = try tree.definition()
    let registry = UpdateRegistry(handlers: [], declarations: schema.tree.declarations.values)
    return try await Checker(
      SchemaBuilder(schema: schema, registry: registry, server: nil), engines: [.sqlite]
    ).run().findings
  }

  /// What nobody can run cannot be tried either: that is a finding, and no error.
  @Test func checkReportsWhatItCannotRun() async throws {
    let findings = try await Self.check(
      Example("", files: ["3/01_a.sql": UpdateRulesTests.insert("nobody", 301)]))
    #expect(findings.map(\.rule) == ["U01"])
  }

  /// Where that stops, what was found before it stays, and what was not tried is named.
  @Test(arguments: TestDatabase.availableEngines)
  func whatCannotBeRunHidesNoEarlierVersion(engine: Engine) async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml":
        "version: 3\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 1}}\n",
      "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY, note TEXT);",
      "delta/main/2/01_a.sql":
        "CREATE TABLE more (id BIGINT NOT NULL, note TEXT NOT NULL);\nINSERT INTO more SELECT id, note FROM things;",
      "delta/main/2/02_a.sql": "ALTER TABLE things DROP COLUMN note;",
      "delta/main/3/01_b.sql": UpdateRulesTests.insert("nobody", 301),
    ])
    let schema = try tree.definition()
    let server = try ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"].map(ScratchServer.init)
    let registry = UpdateRegistry(handlers: [], declarations: schema.tree.declarations.values)
    let result = try await Checker(
      SchemaBuilder(schema: schema, registry: registry, server: server), engines: [engine]
    ).run()
    let rules = Set(result.findings.map(\.rule))
    #expect(rules.isSuperset(of: ["U01", "C01", "L01"]), "\(result.findings.map(\.message))")
    #expect(result.notes.contains { $0.contains("version 3") && $0.contains("nobody") }, "\(result.notes)")
  }

  /// An update whose table is gone cannot be completed on a scratch database: all else is found nevertheless.
  @Test(arguments: TestDatabase.availableEngines, ["", "-- gradus:ignore U03 nobody has it queued\n"])
  func whatCannotBeCompletedHidesNothingElse(engine: Engine, suppression: String) async throws {
    let findings = try await Corpus.check(
      [engine],
      [
        "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY, note TEXT);",
        "schema/main/3/01_all.sql": "CREATE TABLE objects (id BIGINT PRIMARY KEY, note TEXT);",
        "delta/main/2/01_a.updates.yaml":
          "updates: [{name: fill, kind: backfill, table: things, key: id, sql: \"UPDATE things SET note = '' WHERE {range}\"}]\n",
        "delta/main/3/01_b.sql": suppression + "ALTER TABLE things RENAME TO objects;",
      ], ledger: "version: 3\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 1}}\n"
    )
    #expect(
      findings.map(\.rule) == (suppression.isEmpty ? ["U03", "C03"] : ["C03"]), "\(findings.map(\.message))")
  }

  /// Without the column every write to the table would fail by the trigger.
  @Test(arguments: TestDatabase.availableEngines)
  func checkFindsWhatATriggerMisses(engine: Engine) async throws {
    let findings = try await Corpus.check(
      [engine],
      [
        "schema/main/1/01_base.sql":
          "CREATE TABLE things (id BIGINT PRIMARY KEY, size BIGINT, total BIGINT);",
        "delta/main/2/01_a.updates.yaml": UpdateRulesTests.sync,
        "delta/main/3/01_b.sql": "ALTER TABLE things DROP COLUMN size;",
      ], ledger: "version: 3\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 1}}\n"
    )
    let finding = try #require(findings.first { $0.rule == "U09" }, "\(findings.map(\.message))")
    #expect(finding.file == "delta/main/3/01_b.sql")
    #expect(finding.message.contains("'follow'") && finding.message.contains("'things.size'"))
  }

  /// Of several declarations in a file each has a line.
  @Test(arguments: TestDatabase.availableEngines)
  func whatADeclarationChangesHasItsLine(engine: Engine) async throws {
    let findings = try await Corpus.check(
      [engine],
      [
        "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY, code TEXT, size BIGINT);",
        "delta/main/2/01_a.updates.yaml": """
        updates:
          - {name: brief, kind: constraint, table: things, key: id, check: length(code) < 9}
          - {name: sized, kind: constraint, table: things, key: id, not_null: size}
        """,
      ])
    var lines: [String: Int] = [:]
    for finding in findings where finding.rule.hasPrefix("C") { lines[finding.rule] = finding.position?.line }
    #expect(lines == ["C08": 2, "C05": 3], "\(findings.map(\.message))")
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateThatCannotRunHasItsLine(engine: Engine) async throws {
    let error = try #require(
      await #expect(throws: GradusError.self) {
        try await Corpus.check(
          [engine],
          [
            "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY);",
            "delta/main/2/01_a.updates.yaml": """
            updates:
              - {name: fine, kind: sql, sql: SELECT 1}
              - {name: wrong, kind: sql, sql: SELECT missing FROM things}
            """,
          ])
      })
    #expect(error.file == "delta/main/2/01_a.updates.yaml")
    #expect(error.position?.line == 3, "\(error)")
  }

  @Test func aFindingIsSuppressedWithAReason() async throws {
    let sql = "SELECT 1;\n-- gradus:ignore U06 it has to go first\n\(UpdateRulesTests.insert("s", nil))\n"
    let declared =
      "# gradus:ignore U06 it has to go first\nupdates: [{name: s, kind: sql, sql: SELECT 1, ordering: 7}]\n"
    #expect(try await Self.check(Example("", files: ["2/01_a.updates.yaml": declared])).isEmpty)
    let findings = try await Self.check(Example("", files: ["2/01_a.sql": sql]))
    #expect(findings.map(\.rule) == ["U05"])
  }
}
