import Foundation
import Gradus
import GradusTestSupport
import Testing

@testable import GradusCommand

/// A ledger is changed in its text, and says afterwards what it should and nothing else.
@Suite struct LedgerTextTests {
  private static let template = GradualMigrationTemplate(
    name: "m", database: "state", starts: 3, completes: 4, table: "t", key: ["a", "b c"], position: "p",
    source: .init(table: "s", key: ["a", "b"], position: "x: y"), columns: SourceColumns())

  private static let migrations = "\ngradual_migrations:\n  - name: first\n    starts: 1\n    completes: 3\n"

  static let ledgers: [String] = [
    "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
    "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1},}",
    "version: 2\ncompat_version: 1\nversions: {1: {compat: 1, changes: [it doesn't matter]}, 2: {compat: 1}}\n",
    "versions: {\n  1: {compat: 1}, # } no end\n  2: {compat: 1, changes: [\"a } b\", 'it''s {']}\n}\ncompat_version: 1\nversion: 2",
    "# top\nversion: 2 # two\ncompat_version: 1\n\nversions:\n  # the first\n  1:\n    compat: 1\n    changes:\n    - one\n  2:\n    compat: 1\n    changes: [x]\n\n# of what follows\n\n"
      + migrations + "    # inside\n    stale_after_rollback: []\n# the end\n",
    "version: 2\ncompat_version: 1\nversions:\n    2: {compat: 1}\n    1: {compat: 1}\ngradual_migrations:\n- name: first\n  starts: 2\n  updates:\n  - a\n  - b\n-\n  name: second\n  starts: 1\n",
    "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\ngradual_migrations: []  # none yet\n",
    "version: 2\ncompat_version: 1\ngradual_migrations:\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
    "version: 2\r\ncompat_version: 1\r\nversions:\r\n  1: {compat: 1}\r\n  2: {compat: 1}\r\n",
    "version: 2\ncompat_version: 1\n",
  ]

  private func read(_ text: String) throws -> Ledger {
    let tree = try TemporarySchema(["schema.yaml": text])
    defer { withExtendedLifetime(tree) {} }
    return try Ledger(contentsOf: tree.root.appending(path: "schema.yaml"))
  }

  @Test(arguments: ledgers)
  func saysWhatItShouldAndKeepsTheRest(text: String) throws {
    let edit = GradualMigrationEdit(
      template: Self.template, ledger: try read(text), ledgerPath: "schema.yaml")
    let edited = try edit.ledgerText(text)
    #expect(try read(edited) == edit.expected(), "\(edited)")
    // Every line is still there, but for those with a number or a bracket that had to change.
    let lines = Set(edited.split(whereSeparator: \.isNewline).map(String.init))
    let lost = text.split(whereSeparator: \.isNewline).map(String.init).filter { !lines.contains($0) }
    let mayChange = [
      "version:", "compat_version:", "versions: {", "gradual_migrations: []", "  2: {compat: 1, ch",
    ]
    #expect(lost.allSatisfy { line in mayChange.contains { line.hasPrefix($0) } }, "\(lost)")
    for comment in text.matches(of: #/#[^\n]*/#) where !comment.output.contains("none yet") {
      #expect(edited.contains(comment.output), "\(comment.output) in \(edited)")
    }
    #expect(!text.contains("\r\n") || !edited.contains(#/[^\r]\n/#))
  }

  @Test func whatCannotBeChangedIsRefused() throws {
    let flow = "version: 2\ncompat_version: 1\ngradual_migrations: [{name: first, starts: 2}]\n"
    let edit = GradualMigrationEdit(
      template: Self.template, ledger: try read(flow), ledgerPath: "schema.yaml")
    let error = try #require(throws: GradusError.self) { _ = try edit.ledgerText(flow) }
    #expect("\(error)".contains("written on one line"))
    #expect(error.position?.line == 3)
  }

  @Test func anyWordMayBeAName() {
    let template = GradualMigrationTemplate(
      name: "m", database: "main", starts: 2, completes: 3, table: "analyse", key: ["between"],
      position: "p", source: .init(table: "desc", key: ["fetch"], position: "x"), columns: SourceColumns())
    #expect(template.tablesSQL.contains("CREATE TABLE \"analyse\" (\n  \"between\" TEXT NOT NULL,"))
    #expect(template.updatesYAML.contains("SELECT DISTINCT \"fetch\" FROM \"desc\""))
  }

  @Test func versionsThatDoNotFitAreRefused() throws {
    func refusal(_ ledger: String, starts: Int, completes: Int) throws -> String {
      let template = GradualMigrationTemplate(
        name: "m", database: "main", starts: starts, completes: completes, table: "t", key: ["a"],
        position: "p",
        source: .init(table: "s", key: ["a"], position: "x"), columns: SourceColumns())
      let edit = GradualMigrationEdit(template: template, ledger: try read(ledger), ledgerPath: "schema.yaml")
      return "\(try #require(throws: GradusError.self) { _ = try edit.expected() })"
    }
    #expect(try refusal(Self.ledgers[0], starts: 1, completes: 3).contains("has been released"))
    #expect(try refusal(Self.ledgers[0], starts: 3, completes: 3).contains("cannot complete at 3"))
    let planned = "version: 2\ncompat_version: 1\nversions: {2: {compat: 1}, 4: {compat: 2}}\n"
    #expect(try refusal(planned, starts: 3, completes: 4).contains("admits versions that do not write t"))
  }

  /// A version that is being worked on may begin one too, and stays the newest.
  @Test func theNewestVersionMayBeginOne() throws {
    let text = "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}\n"
    var template = Self.template
    template = GradualMigrationTemplate(
      name: "m", database: "main", starts: 2, completes: 3, table: "t", key: ["a"], position: "p",
      source: .init(table: "s", key: ["a"], position: "x"), columns: SourceColumns())
    let edit = GradualMigrationEdit(template: template, ledger: try read(text), ledgerPath: "schema.yaml")
    let ledger = try read(try edit.ledgerText(text))
    #expect(ledger.version == 2 && ledger.versions.count == 3 && ledger.gradualMigrations.count == 1)
  }
}
