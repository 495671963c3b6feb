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

  /// What a later release is to do is written long before, and then again.
  @Test(arguments: ["SELECT 1;\nSELECT 2;", nil])
  func whatIsToComeMayChange(text: String?) throws {
    for version in [2, 3] {
      let path = "delta/main/\(version)/02_b.sql"
      let rules = try Self.rules { tree in
        try tree.write(path, "SELECT 1;")
        try Self.git(tree, "add", "--all")
        try Self.git(tree, "commit", "--quiet", "--message", "more")
        // The release that it is for.
        try tree.write("schema/schema.yaml", Self.nextLedger)
        if let text {
          try tree.write(path, text)
        } else {
          try FileManager.default.removeItem(at: tree.root.appending(path: path))
        }
      }
      #expect(rules == (version == 2 ? ["D02"] : []))
    }
  }

  /// A version that the ledger plans has not been released.
  @Test func aPlannedVersionGetsDeltas() throws {
    let planned = Self.nextLedger.replacing("version: 3\ncompat", with: "version: 2\ncompat")
    let rules = try Self.rules { tree in
      try tree.write("schema/schema.yaml", planned)
      try Self.git(tree, "commit", "--quiet", "--all", "--message", "a plan")
      try tree.write(
        "schema/schema.yaml",
        """
        version: 4
        compat_version: 1
        versions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 1}, 4: {compat: 1}}
        """)
      try tree.write("delta/main/3/01_c.sql", "SELECT 1;")
    }
    #expect(rules.isEmpty)
  }

  /// Where no database has it yet.
  @Test func anEditThatIsMeant() throws {
    let path = "delta/main/2/01_a.sql"
    let edited = "ALTER TABLE things ADD COLUMN b TEXT;"
    #expect(
      try Self.rules { try $0.write(path, "-- gradus:ignore D02 no database has it\n\(edited)") }.isEmpty)
    let reasons = [("", ["D02"]), ("# gradus:ignore D02 no database has it\n", [])] as [(String, [String])]
    for (reason, expected) in reasons {
      let rules = try Self.rules { tree in
        try tree.write("schema/schema.yaml", reason + Self.ledger)
        try FileManager.default.removeItem(at: tree.root.appending(path: path))
      }
      #expect(rules == expected)
    }
  }

  @Test(arguments: ["README.md", ".gitkeep"]) func whatIsNoDeltaMayGo(name: String) throws {
    let rules = try Self.rules { tree in
      try tree.write("delta/main/2/\(name)", "\n")
      try Self.git(tree, "add", "--all")
      try Self.git(tree, "commit", "--quiet", "--message", "more")
      try FileManager.default.removeItem(at: tree.root.appending(path: "delta/main/2/\(name)"))
    }
    #expect(rules.isEmpty)
  }

  /// `new update` leaves comments, which somebody takes out.
  @Test func commentsOfAnUpdatesFileMayChange() throws {
    let path = "delta/main/2/02_fill.updates.yaml"
    let text = "updates: [{name: fill, kind: sql, sql: SELECT 1}]\n"
    let edits = [(text, []), (text.replacing("1}", with: "2}"), ["D02"])] as [(String, [String])]
    for (after, expected) in edits {
      let rules = try Self.rules { tree in
        try tree.write(path, "# It's why\n\(text)")
        try Self.git(tree, "add", "--all")
        try Self.git(tree, "commit", "--quiet", "--message", "more")
        try tree.write(path, after)
      }
      #expect(rules == expected)
    }
  }

  /// A database that has not completed it may be upgraded still: nothing would be completed, and without guards nobody would
  /// notice.
  @Test(arguments: [
    // The compat version, and what was committed and what is there now of the migration.
    (1, "completes: 2", "", ["D16"]), (2, "completes: 2", "", ["D16"]), (3, "completes: 2", "", ["D16"]),
    (3, "", "", ["D16"]), (1, "completes: 2", "upgrades_from: 2", []),
    (1, "completes: 2", "upgrades_from: 1", ["D16"]),
    (1, "completes: 2", "gradual_migrations: [{name: totals, starts: 1}]", []),
  ])
  func droppedMigrations(compat: Int, completes: String, now: String, expected: [String]) throws {
    func ledger(_ compat: Int, _ more: String) -> String {
      "version: 3\ncompat_version: \(compat)\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: \(compat)}}\n\(more)\n"
    }
    let migration = "{name: totals, starts: 1\(completes.isEmpty ? "" : ", \(completes)")}"
    let rules = try Self.rules { tree in
      try tree.write("schema/schema.yaml", ledger(1, "gradual_migrations: [\(migration)]"))
      try Self.git(tree, "commit", "--quiet", "--all", "--message", "a migration")
      try tree.write("schema/schema.yaml", ledger(compat, now))
    }
    #expect(rules == expected)
  }

  /// Editors on Windows write one, and others take it away.
  @Test func aByteOrderMarkIsNoSQL() throws {
    let path = "delta/main/2/01_a.sql"
    let rules = try Self.rules { tree in
      try tree.write(path, "\u{FEFF}ALTER TABLE things ADD COLUMN a TEXT;")
      try Self.git(tree, "commit", "--quiet", "--all", "--message", "a mark")
      try tree.write(path, "ALTER TABLE things ADD COLUMN a TEXT;")
    }
    #expect(rules.isEmpty)
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
      ChangedFindings(changed: changed, layout: SchemaLayout()).contains(finding)
    }
    #expect(isReported(file))
    #expect(isReported(cause))
    #expect(!isReported("schema/schema.yaml", "delta/main/4/01_c.sql"))
  }

  /// The ledger says which versions may break, whatever deltas have to do with it.
  @Test func whatTheLedgerAdmitsToWhatSeveralDeltasDo() throws {
    let rule = try #require(Rule.find("C12"))
    let finding = Finding(rule, "", file: Self.delta, cause: Self.newer)
    func isReported(_ changed: String...) -> Bool {
      ChangedFindings(changed: changed, layout: SchemaLayout()).contains(finding)
    }
    #expect(isReported(Self.newer))
    #expect(isReported(Self.ledgerFile))
    #expect(!isReported(Self.older))
  }

  /// A finding in a file that has not changed.
  struct Unchanged: CustomTestStringConvertible, Sendable {
    var rule: String
    var file: String?
    /// The files that have changed.
    var changed: [String]
    var isReported: Bool
    var testDescription: String { "\(rule) of \(file ?? "-") by \(changed)" }

    init(_ rule: String, _ file: String?, by changed: String..., isReported: Bool) {
      (self.rule, self.file, self.changed, self.isReported) = (rule, file, changed, isReported)
    }
  }

  private static let delta = "delta/main/3/01_b.sql"
  private static let full = "schema/main/3/01_all.sql"
  private static let older = "delta/main/2/01_a.sql"
  private static let newer = "delta/main/4/01_c.sql.sqlite"
  private static let queries = "schema/queries/3.sql"
  private static let ledgerFile = "schema/schema.yaml"

  private static let unchanged = [
    Unchanged("D07", delta, isReported: false), Unchanged("D07", delta, by: older, isReported: false),
    Unchanged("D14", delta, isReported: false),
    Unchanged("D14", delta, by: "README.md", ledgerFile, queries, newer, isReported: false),
    Unchanged("D14", delta, by: "schema/main/2/01_all.sql", isReported: true),
    Unchanged("L01", delta, by: "delta/main/2/02_a.updates.yaml", isReported: true),
    Unchanged("D10", delta, by: newer, isReported: false),
    Unchanged("D10", delta, by: older, isReported: true),
    // What is in Swift is in no folder.
    Unchanged("D10", "2/01_a.swift", isReported: true),
    Unchanged("D05", full, by: newer, isReported: false), Unchanged("D05", full, by: older, isReported: true),
    Unchanged("D15", delta, by: older, isReported: false),
    Unchanged("D15", delta, by: full, isReported: true),
    Unchanged("D06", delta, isReported: false), Unchanged("D06", delta, by: newer, isReported: true),
    Unchanged("C15", delta, isReported: false), Unchanged("C15", delta, by: queries, isReported: true),
    Unchanged("C15", delta, by: ledgerFile, isReported: true),
    Unchanged("C15", delta, by: newer, isReported: true),
    Unchanged("C01", delta, by: older, isReported: false),
    Unchanged("C01", delta, by: ledgerFile, isReported: true),
    Unchanged("C14", nil, by: older, isReported: false),
    Unchanged("C14", nil, by: ledgerFile, isReported: true),
    Unchanged("D13", nil, isReported: false), Unchanged("D13", nil, by: older, isReported: true),
    Unchanged("U05", delta, isReported: true),
    Unchanged("U11", delta, by: older, isReported: false),
    Unchanged("U11", delta, by: ledgerFile, isReported: true),
  ]

  @Test(arguments: unchanged)
  func whatAnotherFileMayHaveCaused(example: Unchanged) throws {
    let finding = Finding(try #require(Rule.find(example.rule)), "", file: example.file)
    let changed = ChangedFindings(changed: example.changed, layout: SchemaLayout())
    #expect(changed.contains(finding) == example.isReported)
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
