import Foundation
import GradusSQL
import GradusTestSupport
import Testing

/// Bad input gets a clear error, and changes nothing.
@Suite(.timeLimit(.minutes(5))) struct BadInputTests {
  /// Runs `migrate` on a database at version 1 and expects it to fail with a message, and the database as it was.
  private func expectRefusal(
    _ engine: Engine, _ message: [String], status: Int32 = 1, options: [String] = [],
    _ spoil: (TemporarySchema) throws -> Void
  ) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      let environment = ["DATABASE_URL": database.address]
      _ = try await Program.gradus.run(["migrate", "--to", "1"], in: tree.root, environment: environment)
      let before = try await DatabaseDump.read(database)
      #expect(!before.isEmpty)
      try spoil(tree)
      let result = try await Program.gradus.run(
        ["migrate"] + options, in: tree.root, environment: environment)
      #expect(result.status == status)
      for part in message { #expect(result.messages.contains(part), "\(result.messages)") }
      #expect(try await DatabaseDump.read(database) == before)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func syntaxError(engine: Engine) async throws {
    try await expectRefusal(
      engine, ["delta/main/3/02_bad.sql:3:8: statement 2 failed", "CREATE TABL bad", "hint"]
    ) {
      try $0.write(
        "delta/main/3/02_bad.sql", "CREATE TABLE fine (x INTEGER);\n\nCREATE TABL bad (x INTEGER);\n")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func commitInADelta(engine: Engine) async throws {
    try await expectRefusal(engine, ["delta/main/3/02_bad.sql:2:1", "COMMIT"]) {
      try $0.write("delta/main/3/02_bad.sql", "CREATE TABLE fine (x INTEGER);\nCOMMIT;\n")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func unknownLedgerKey(engine: Engine) async throws {
    try await expectRefusal(
      engine, ["schema/schema.yaml:2:1: unknown key 'compat_verson'", "did you mean 'compat_version'?"]
    ) {
      try $0.write("schema/schema.yaml", "version: 3\ncompat_verson: 2\n")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func cycleOfUpdates(engine: Engine) async throws {
    try await expectRefusal(engine, ["updates depend on each other in a circle: a -> b -> a"]) {
      try $0.write(
        "delta/main/3/02_x.updates.yaml",
        "updates: [{name: a, kind: sql, sql: SELECT 1, depends_on: b}, {name: b, kind: sql, sql: SELECT 1, depends_on: a}]"
      )
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func twoDeltasOfOneName(engine: Engine) async throws {
    try await expectRefusal(
      engine, ["two deltas of version 3 are named '01_index.sql'", "delta/main/3/01_index.sql"]
    ) {
      try $0.write("delta/state/3/01_index.sql", "SELECT 1;")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func unregisteredCode(engine: Engine) async throws {
    try await expectRefusal(engine, ["delta/main/3/02_code.swift", "nothing is registered under its name"]) {
      try $0.write("delta/main/3/02_code.swift", "")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func handlerThatThisProgramLacks(engine: Engine) async throws {
    try await expectRefusal(engine, ["needs fill_totals complete, and this program has no code for it"]) {
      try $0.write("delta/main/2/02_fill.updates.yaml", "updates: [{name: fill_totals, kind: handler}]")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func unknownVersion(engine: Engine) async throws {
    try await expectRefusal(engine, ["the ledger has no version 9", "1, 2, 3"], options: ["--to", "9"]) { _ in
    }
  }

  @Test func missingFullSchema() async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 1\ncompat_version: 1\n", "delta/main/1/01_a.sql": "",
    ])
    let result = try await Program.gradus.run(["migrate", "--database", "new.db"], in: tree.root)
    #expect(result.status == 1)
    #expect(result.messages.contains("no full schema of version 1 or below"))
    #expect(!FileManager.default.fileExists(atPath: tree.root.appending(path: "new.db").path))
  }

  @Test func noLedger() async throws {
    let tree = try TemporarySchema(["x": ""])
    let result = try await Program.gradus.run(["plan", "--database", "new.db"], in: tree.root)
    #expect(result.status == 1)
    #expect(result.messages.contains("no schema found"))
  }

  @Test func unreachableServersAndFilesThatAreNoDatabase() async throws {
    let tree = try TemporarySchema.shop()
    try tree.write("text.db", String(repeating: "no database at all\n", count: 100))
    for (address, message) in [
      ("postgres://u:secret@127.0.0.1:1/x", "cannot connect to PostgreSQL '127.0.0.1/x'"),
      ("host=127.0.0.1 port=1 password=secret dbname=x", "cannot connect to PostgreSQL '127.0.0.1/x'"),
      ("postgres://u:secret@[bad", "connection string cannot be read"),
      ("mysql://x", "unknown database scheme 'mysql'"),
      ("missing/folder/x.db", "missing/folder/x.db"), ("text.db", "file is not a database"),
    ] {
      let result = try await Program.gradus.run(["migrate", "--database", address], in: tree.root)
      #expect(result.status == 1)
      #expect(result.messages.contains(message), "\(address): \(result.messages)")
      #expect(!result.messages.contains("secret"))
    }
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func readOnlyPostgres() async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(.postgres) { database in
      let address =
        database.address + (database.address.contains("?") ? "&" : "?")
        + "options=-cdefault_transaction_read_only%3Don"
      let result = try await Program.gradus.run(["migrate", "--database", address], in: tree.root)
      #expect(result.status == 1)
      #expect(result.messages.contains("read-only"))
      #expect(try await DatabaseDump.read(database).isEmpty)
    }
  }

  @Test func readOnlySQLite() async throws {
    let tree = try TemporarySchema.shop()
    _ = try await Program.gradus.run(["migrate", "--to", "1", "--database", "x.db"], in: tree.root)
    let files = FileManager.default
    let file = tree.root.appending(path: "x.db")
    let before = try Data(contentsOf: file)
    for name in try files.contentsOfDirectory(atPath: tree.root.path) where name.hasPrefix("x.db") {
      try files.setAttributes([.posixPermissions: 0o444], ofItemAtPath: tree.root.appending(path: name).path)
    }
    try files.setAttributes([.posixPermissions: 0o555], ofItemAtPath: tree.root.path)
    defer { try? files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tree.root.path) }
    let result = try await Program.gradus.run(
      ["migrate", "--database", "x.db"], in: tree.root, withoutRootsRights: true)
    #expect(result.status == 1)
    #expect(
      result.messages.contains("Permission denied") || result.messages.contains("readonly"),
      "\(result.messages)")
    #expect(try Data(contentsOf: file) == before)
  }
}
