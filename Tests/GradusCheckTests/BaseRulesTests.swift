import Foundation
import Gradus
import GradusCheck
import GradusTestSupport
import Testing

/// Rules about what has changed since a commit.
@Suite struct BaseRulesTests {
  private static let ledger = "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n"
  private static let nextLedger =
    "version: 3\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 1}}\n"

  private static func git(_ tree: TemporarySchema, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"] + arguments
    process.currentDirectoryURL = tree.root
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  /// The rules that are found where a change follows a commit with version 2.
  private static func rules(_ change: (TemporarySchema) throws -> Void) throws -> [String] {
    let tree = try TemporarySchema([
      "schema/schema.yaml": ledger, "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT);",
      "delta/main/2/01_a.sql": "ALTER TABLE things ADD COLUMN a TEXT;",
    ])
    try git(tree, "init", "--quiet")
    try git(tree, "add", "--all")
    try git(tree, "commit", "--quiet", "--message", "base")
    try change(tree)
    let changes = GitChanges(root: tree.root, base: "HEAD")
    return try BaseRules(schema: tree.definition(), layout: SchemaLayout(), git: changes)
      .findings(changes.files()).map(\.rule)
  }

  @Test func landedDeltas() throws {
    let path = "delta/main/2/01_a.sql"
    #expect(
      try Self.rules { try $0.write(path, "-- why\nALTER TABLE things\n  ADD COLUMN a TEXT;") }.isEmpty)
    #expect(try Self.rules { try $0.write(path, "ALTER TABLE things ADD COLUMN b TEXT;") } == ["D02"])
    #expect(
      try Self.rules { try FileManager.default.removeItem(at: $0.root.appending(path: path)) } == ["D02"])
  }

  /// What git has to say to standard error is more than a pipe holds.
  @Test(.timeLimit(.minutes(1))) func aTalkativeGitIsReadToItsEnd() throws {
    let rules = try Self.rules { tree in
      let monitor = tree.root.appending(path: ".git/monitor")
      try tree.write(
        ".git/monitor", "#!/bin/sh\nhead -c 300000 /dev/zero | tr '\\0' x >&2\ntouch .git/talked\nexit 1\n")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: monitor.path)
      try Self.git(tree, "config", "core.fsmonitor", monitor.path)
      _ = try GitChanges(root: tree.root, base: "HEAD").files()
      try #require(FileManager.default.fileExists(atPath: tree.root.appending(path: ".git/talked").path))
    }
    #expect(rules.isEmpty)
  }

  @Test func aFoldersPlaceInItsCheckout() throws {
    let tree = try TemporarySchema(["db/schema/schema.yaml": "version: 1\n"])
    #expect(GitChanges.prefix(of: tree.root.appending(path: "db")) == "")
    try Self.git(tree, "init", "--quiet")
    #expect(GitChanges.prefix(of: tree.root.appending(path: "db")) == "db/")
    #expect(GitChanges.prefix(of: tree.root) == "")
  }

  /// What two deltas have to do with each other is reported where one of them has changed.
  @Test func whatAnotherFileCauses() throws {
    let rule = try #require(Rule.find("U03"))
    let (file, cause) = ("delta/main/3/01_b.sql", "delta/main/2/01_a.updates.yaml")
    let finding = Finding(rule, "", file: file, cause: cause)
    func isReported(_ changed: String...) -> Bool {
      ChangedFindings(changed: changed, ledger: "schema/schema.yaml").contains(finding)
    }
    #expect(isReported(file))
    #expect(isReported(cause))
    #expect(!isReported("schema/schema.yaml", "delta/main/4/01_c.sql"))
  }

  @Test func releasedVersions() throws {
    let late = "delta/main/2/02_b.sql"
    #expect(
      try Self.rules { tree in
        try tree.write("schema/schema.yaml", Self.nextLedger)
        try tree.write(late, "SELECT 1;")
      } == ["D01"])
    // The newest version is not released yet; nor is one that nobody knew.
    #expect(try Self.rules { try $0.write(late, "SELECT 1;") }.isEmpty)
    #expect(
      try Self.rules { tree in
        try tree.write("schema/schema.yaml", Self.nextLedger)
        try tree.write("delta/main/3/01_c.sql", "SELECT 1;")
      }.isEmpty)
    #expect(
      try Self.rules { tree in
        try tree.write("schema/schema.yaml", Self.nextLedger)
        try tree.write(late, "-- gradus:ignore D01 version 2 gets it, too\nSELECT 1;")
      }.isEmpty)
  }
}
