import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

@Suite struct SquashTests {
  private static let scratch = ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"]

  private func contents(_ tree: TemporarySchema) throws -> [String: String] {
    let files = FileManager.default.enumerator(atPath: tree.root.path)?.allObjects as? [String] ?? []
    return Dictionary(
      uniqueKeysWithValues: files.map { name in
        (name, (try? String(contentsOf: tree.root.appending(path: name), encoding: .utf8)) ?? "")
      })
  }

  private func squash(_ tree: TemporarySchema, _ arguments: String...) async throws -> ProgramResult {
    let server = Self.scratch.map { ["--scratch", $0] } ?? []
    return try await Program.gradus.run(["squash"] + arguments + server, folder: tree.root)
  }

  /// Databases of each version, before and after; a new one is as it would have been.
  @Test(.enabled(if: scratch != nil), arguments: TestDatabase.availableEngines)
  func databasesComeToTheSame(engine: Engine) async throws {
    let schema = try TemporarySchema.shop()
    try await Shop.with(engine, schema) { shop in
      try await shop.gradus("migrate", "--to", "2")
      try await shop.database.execute("INSERT INTO customers VALUES ('ann')")
      try await shop.database.execute("INSERT INTO orders VALUES (1, 'ann', 5)")
      try await shop.database.execute("INSERT INTO totals_queue VALUES ('ann')")
      try await TestDatabase.withDatabase(engine) { old in
        func migrate(_ database: TestDatabase, _ version: String? = nil) async throws -> ProgramResult {
          try await Program.gradus.run(
            ["migrate", "--database", database.address, "--schema-root", schema.root.path]
              + (version.map { ["--to", $0] } ?? []))
        }
        _ = try await migrate(old, "1")
        let result = try await squash(schema, "--oldest", "2")
        #expect(result.code == 0, "\(result)")
        #expect(result.output.contains("databases are upgraded from version 2 on"), "\(result)")
        let files = try contents(schema).keys
        #expect(files.contains("schema/main/2/full.sql.sqlite") && !files.contains("schema/main/1"))
        #expect(
          files.contains("delta/main/2/02_fill.updates.yaml") && !files.contains("delta/main/2/01_totals.sql")
        )
        #expect(try schema.definition().ledger.upgradesFrom == 2)

        let refused = try await migrate(old)
        #expect(refused.code == 1, "\(refused)")
        #expect(
          refused.messages.contains("is at schema version 1, and this release upgrades from version 2 on"))
        #expect(refused.messages.contains("a release of schema version 2"), "\(refused)")
        // As the version that it is at, it works as before.
        #expect(try await migrate(old, "1").code == 0)

        // What was queued is known still, and completed.
        let upgraded = try await shop.gradus("migrate")
        #expect(upgraded.code == 0, "\(upgraded)")
        #expect(try await shop.database.values("SELECT amount FROM totals") == [5])
        let status = try await shop.gradus("status")
        #expect(!status.output.contains("its file is gone"), "\(status)")
        let check = try await Program.gradus.run(
          ["check", "--scratch", Self.scratch ?? ""], folder: schema.root)
        #expect(!check.output.contains("D05") && !check.output.contains("D08"), "\(check)")
      }
      try await TestDatabase.withDatabase(engine) { fresh in
        let result = try await Program.gradus.run(
          ["migrate", "--database", fresh.address], folder: schema.root)
        #expect(result.code == 0 && result.messages.contains("create schema version 2"), "\(result)")
      }
    }
  }

  @Test func refusesAndChangesNothing() async throws {
    let tree = try TemporarySchema.shop()
    let before = try contents(tree)
    for (arguments, message) in [
      (["--to", "2"], "say so: --oldest 2"), (["--to", "9"], "the ledger has no version 9"),
      (["--oldest", "2", "--dry-run"], nil),
    ] as [([String], String?)] {
      let result = try await Program.gradus.run(["squash"] + arguments, folder: tree.root)
      #expect(result.code == (message == nil ? 0 : 1), "\(result)")
      #expect(message.map(result.messages.contains) ?? result.output.contains("keep   delta/main/2/02_fill"))
      #expect(try contents(tree) == before)
    }
    let alone = try await Program.gradus.run(
      ["squash", "--oldest", "2"], environment: ["GRADUS_SCRATCH": ""], folder: tree.root)
    #expect(alone.code == 1, "\(alone)")
    #expect(try contents(tree) == before)
  }

  /// However long the scratch databases take.
  @Test(.enabled(if: scratch != nil)) func aSignalEndsItBeforeAnythingIsWritten() async throws {
    let tree = try TemporarySchema.endless()
    let before = try contents(tree)
    let program = try Program.gradus.start(
      ["squash", "--oldest", "2", "--scratch", Self.scratch ?? ""], folder: tree.root)
    try await program.waits(forMessage: "making version 2 on ")
    program.send(SIGTERM)
    let result = try await program.result()
    #expect(result.code == 130, "\(result)")
    #expect(result.messages.contains("stopped; nothing was written"), "\(result)")
    #expect(try contents(tree) == before)
  }

  /// A full schema by hand that is not what the deltas make is found before anything goes.
  @Test(.enabled(if: scratch != nil)) func aWrongFullSchemaIsFound() async throws {
    let tree = try TemporarySchema.shop()
    try tree.write("schema/main/2/01_all.sql", "CREATE TABLE orders (id BIGINT PRIMARY KEY);")
    try tree.write(
      "schema/state/2/01_notes.sql", "CREATE TABLE notes (id $%AUTO_INCREMENT_PRIMARY_KEY%$, note TEXT);")
    let before = try contents(tree)
    let result = try await squash(tree, "--oldest", "2")
    #expect(result.code == 1, "\(result)")
    #expect(try contents(tree) == before)
  }

  /// A process that was killed has left a part of the full schema; another had got to the ledger.
  @Test(.enabled(if: scratch != nil), arguments: [false, true])
  func whatWasBegunIsFinished(isInLedger: Bool) async throws {
    let (whole, tree) = (try TemporarySchema.shop(), try TemporarySchema.shop())
    #expect(try await squash(whole, "--oldest", "2").code == 0)
    let expected = try contents(whole)
    let written = expected.keys.filter { $0.contains("/2/full.sql.") || $0 == "schema/schema.yaml" }
    for path in isInLedger ? Array(written) : ["schema/main/2/full.sql.postgres"] {
      try tree.write(path, expected[path] ?? "")
    }
    let result = try await squash(tree, "--oldest", "2")
    #expect(result.code == 0, "\(result)")
    #expect(try contents(tree) == expected)
  }

  /// Rows that a delta inserts come with the full schema, and checks of a branch do not miss its deltas.
  @Test(.enabled(if: scratch != nil)) func rowsComeAlongAndABranchIsClean() async throws {
    let tree = try TemporarySchema.shop()
    try tree.write("delta/main/2/04_row.sql", "INSERT INTO customers VALUES ('it''s');")
    try tree.write("delta/main/3/01_index.sql", "SELECT 1;")
    func git(_ arguments: String...) throws {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments =
        ["git", "-C", tree.root.path, "-c", "user.name=t", "-c", "user.email=t@example.org"] + arguments
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
    }
    try git("init", "-q")
    try git("add", "-A")
    try git("commit", "-q", "-m", "x")
    #expect(try await squash(tree, "--oldest", "2").code == 0)
    let dump = try contents(tree)["schema/main/2/full.sql.sqlite"]
    #expect(dump?.contains("'it''s'") == true)
    let check = try await Program.gradus.run(["check", "--base", "HEAD"], folder: tree.root)
    #expect(!check.output.contains("D02"), "\(check)")
  }
}
