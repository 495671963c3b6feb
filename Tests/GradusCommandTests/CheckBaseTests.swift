import Foundation
import GradusTestSupport
import ProgramTestSupport
import Testing

/// `check --base`, as CI runs it for a pull request.
@Suite struct CheckBaseTests {
  private static let path = "delta/main/2/01_a.sql"
  private static let ledger = "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n"

  private static func git(_ tree: TemporarySchema, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"] + arguments
    process.currentDirectoryURL = tree.root
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  private static func commit(_ tree: TemporarySchema) throws {
    try git(tree, "add", "--all")
    try git(tree, "commit", "--quiet", "--message", "more")
  }

  /// A repository whose `main` has these files, with a branch `change` checked out.
  private static func repository(_ files: [String: String]) throws -> TemporarySchema {
    let base = [
      "schema/schema.yaml": ledger,
      "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY, note TEXT);",
    ]
    let tree = try TemporarySchema(base.merging(files) { $1 })
    try git(tree, "init", "--quiet", "--initial-branch", "main")
    try commit(tree)
    try git(tree, "checkout", "--quiet", "-b", "change")
    return tree
  }

  private static func check(_ tree: TemporarySchema, base: String = "main") async throws -> ProgramResult {
    try await Program.gradus.run(["check", "--engine", "sqlite", "--base", base], folder: tree.root)
  }

  /// As git tells it to the hooks of a linked worktree.
  @Test func aHookIsToldTheRepository() async throws {
    let tree = try TemporarySchema([
      "app/schema/schema.yaml": Self.ledger,
      "app/schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY);",
      "app/\(Self.path)": "CREATE TABLE more (id BIGINT PRIMARY KEY);",
    ])
    try Self.git(tree, "init", "--quiet", "--initial-branch", "main")
    try Self.commit(tree)
    try tree.write("app/\(Self.path)", "CREATE TABLE other (id BIGINT PRIMARY KEY);")
    let result = try await Program.gradus.run(
      ["check", "--engine", "sqlite", "--base", "HEAD"],
      environment: ["GIT_DIR": tree.root.appending(path: ".git").path],
      folder: tree.root.appending(path: "app"))
    #expect(result.code == 2 && result.output.contains("D02"), "\(result)")
  }

  struct Change: CustomTestStringConvertible, Sendable {
    var rule: String
    var before: [String: String]
    var after: [String: String]
    var testDescription: String { rule }
  }

  private static let insert =
    "INSERT INTO background_updates (update_name, progress_json, ordering) VALUES ('fill', '{}', 201);"

  /// What a change breaks in files that it leaves as they are.
  private static let changes = [
    Change(
      rule: "D05",
      before: [
        path: "SELECT 1;",
        "schema/main/2/01_all.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY, note TEXT);",
      ],
      after: ["delta/main/2/02_b.sql": "ALTER TABLE things ADD COLUMN more TEXT;"]),
    Change(
      rule: "D10", before: ["delta/main/2/05_b.sql": "CREATE INDEX notes ON things (note);"],
      after: ["delta/main/2/02_a.sql": "ALTER TABLE things DROP COLUMN note;"]),
    Change(
      rule: "L04", before: ["delta/main/2/05_b.sql": "ALTER TABLE things DROP COLUMN note;"],
      after: ["delta/main/2/02_a.sql": "CREATE INDEX notes ON things (note);"]),
    Change(
      rule: "D07", before: ["delta/main/2/02_b.sql": "SELECT 1;"],
      after: ["delta/main/2/02_a.sql": "SELECT 1;"]),
    Change(
      rule: "U01",
      before: [
        path: insert,
        "delta/main/2/02_b.updates.yaml": "updates: [{name: fill, kind: sql, sql: SELECT 1}]\n",
      ],
      after: ["delta/main/2/02_b.updates.yaml": "updates: [{name: other, kind: sql, sql: SELECT 1}]\n"]),
    Change(
      rule: "C01",
      before: [
        path: "ALTER TABLE things DROP COLUMN note;",
        "schema/schema.yaml": ledger.replacing("2: {compat: 1}", with: "2: {compat: 2}"),
      ],
      after: ["schema/schema.yaml": ledger]),
  ]

  @Test(arguments: changes)
  func whatAChangeBreaksElsewhereIsFound(change: Change) async throws {
    let tree = try Self.repository(change.before)
    for (path, text) in change.after { try tree.write(path, text) }
    try Self.commit(tree)
    let result = try await Self.check(tree)
    #expect(result.code == 2 && result.output.contains(" \(change.rule): "), "\(result)")
  }

  /// What is about no file is about the ledger, and is meant where that says so.
  @Test func whatTheLedgerMeansIsNotFound() async throws {
    let migration = "gradual_migrations: [{name: totals, starts: 1, completes: 2}]\n"
    let ledger = Self.ledger.replacing("2: {compat: 1}", with: "2: {compat: 2}")
      .replacing("compat_version: 1", with: "compat_version: 2")
    let tree = try Self.repository(["schema/schema.yaml": Self.ledger + migration])
    try tree.write("schema/schema.yaml", ledger)
    let found = try await Self.check(tree)
    #expect(found.code == 2 && found.output.contains(" D16: ") && found.output.contains(" C14: "), "\(found)")
    let reasons = "# gradus:ignore D16 all databases are at 2\n# gradus:ignore C14 nobody goes back\n"
    try tree.write("schema/schema.yaml", reasons + ledger)
    let meant = try await Self.check(tree)
    #expect(meant.code == 0, "\(meant)")
    try tree.write("schema/schema.yaml", "# gradus:ignore D16\n" + ledger)
    let reasonless = try await Self.check(tree)
    #expect(reasonless.code == 1 && reasonless.messages.contains("schema/schema.yaml:1:1"), "\(reasonless)")
    #expect(reasonless.messages.contains("# gradus:ignore D16 why"), "\(reasonless)")
  }

  @Test func whatWasFoundBeforeIsNotFoundAgain() async throws {
    let tree = try Self.repository([Self.path: "ALTER TABLE things DROP COLUMN note;"])
    try tree.write("delta/main/2/02_b.sql", "SELECT 1;")
    let result = try await Self.check(tree)
    #expect(result.code == 0, "\(result)")
  }

  /// A third delta has nothing to do with two of one number.
  @Test func aClashThatWasThereIsNotFoundAgain() async throws {
    let tree = try Self.repository([Self.path: "SELECT 1;", "delta/main/2/01_b.sql": "SELECT 1;"])
    try tree.write("delta/main/2/02_c.sql", "SELECT 1;")
    let result = try await Self.check(tree)
    #expect(result.code == 0, "\(result)")
  }

  /// As in a container of CI, whose user is not the owner of the checkout.
  @Test func gitSaysHowItTakesAFolderOfAnother() async throws {
    let tree = try Self.repository([Self.path: "SELECT 1;"])
    for arguments in [["check", "--base", "main"], ["check", "--tags", "v{version}"]] {
      // Whatever the configuration of who tests allows.
      let result = try await Program.gradus.run(
        arguments + ["--engine", "sqlite"],
        environment: [
          "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
          "GIT_CONFIG_NOSYSTEM": "1",
        ],
        folder: tree.root)
      #expect(result.code == 1 && result.messages.contains("hint: run: git config --global"), "\(result)")
    }
  }

  /// What has landed since the branch began is no change of the branch's.
  @Test func aBranchIsComparedWithWhereItBegan() async throws {
    let tree = try Self.repository([Self.path: "SELECT 1;"])
    try tree.write("delta/main/2/03_c.sql", "SELECT 1;")
    try Self.commit(tree)
    try Self.git(tree, "checkout", "--quiet", "main")
    try tree.write("delta/main/2/02_b.sql", "SELECT 1;")
    try Self.commit(tree)
    try Self.git(tree, "checkout", "--quiet", "change")
    let result = try await Self.check(tree)
    #expect(result.code == 0, "\(result)")
  }

  @Test func withoutACommonCommitNothingCanBeTold() async throws {
    let tree = try Self.repository([Self.path: "SELECT 1;"])
    try Self.git(tree, "checkout", "--quiet", "--orphan", "other")
    // Else it would be the same commit, where it is of the same second.
    try tree.write("delta/main/2/02_b.sql", "SELECT 1;")
    try Self.commit(tree)
    let result = try await Self.check(tree)
    #expect(result.code == 1 && result.messages.contains("no commit in common"), "\(result)")
    let missing = try await Self.check(tree, base: "nothing")
    #expect(missing.code == 1 && missing.messages.contains("Not a valid object name nothing"), "\(missing)")
    #expect(missing.messages.contains("fetch-depth: 0"), "\(missing)")
  }
}
