import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// What is wrong is said with its place, and nothing is changed.
@Suite struct BadInputTests {
  /// Runs a command that must fail and change nothing.
  private func expectRefusal(
    _ shop: Shop, running arguments: [String] = ["migrate"], _ texts: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try await DatabaseDump.lines(shop.database)
    let result = try await shop.start(arguments).result()
    #expect(result.code == 1, "\(result)", sourceLocation: sourceLocation)
    for text in texts {
      #expect(result.messages.contains(text), "'\(text)' in \(result)", sourceLocation: sourceLocation)
    }
    #expect(try await DatabaseDump.lines(shop.database) == before, sourceLocation: sourceLocation)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aSyntaxErrorIsNamedByFileLineAndColumn(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try shop.schema.write(
        "delta/main/2/04_bad.sql",
        "-- fine\nCREATE TABLE fine (id BIGINT);\n\nCREATE TABL bad (id BIGINT);\n")
      // On a new database, then on one that is there.
      for version in ["1", "2"] {
        try await shop.gradus("migrate", "--to", version)
        try await expectRefusal(
          shop, "delta/main/2/04_bad.sql:4:8: statement 2 failed", "statement: CREATE TABL bad (id BIGINT)",
          "nothing was changed")
      }
      try await expectRefusal(shop, running: ["plan"], "delta/main/2/04_bad.sql:4:8: ", "CREATE TABL bad")
    }
  }

  /// One database's bad delta keeps the others as they are too.
  @Test(arguments: TestDatabase.availableEngines)
  func noDatabaseIsChangedBeforeAllAreLookedAt(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await TestDatabase.withDatabase(engine) { other in
        try shop.configure(stateOn: other)
        try shop.schema.write("delta/state/3/02_bad.sql", "CREATE TABL bad (id BIGINT);")
        let result = try await Program.gradus.run(["migrate"], folder: shop.schema.root)
        #expect(result.code == 1, "\(result)")
        #expect(result.messages.contains("delta/state/3/02_bad.sql:1:8: "), "\(result)")
        for database in [shop.database, other] {
          #expect(try await DatabaseDump.lines(database) == [])
        }
      }
    }
  }

  /// What only running it can tell fails the delta, of which nothing remains; those before it do.
  @Test(arguments: TestDatabase.availableEngines)
  func aFailingDeltaIsNamedAndRolledBack(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try shop.schema.write(
        "delta/main/2/04_bad.sql", "CREATE TABLE fine (id BIGINT);\n  INSERT INTO nowhere VALUES (1);\n")
      let result = try await shop.gradus("migrate")
      #expect(result.code == 1, "\(result)")
      #expect(result.messages.contains("delta/main/2/04_bad.sql:2:"), "\(result)")
      #expect(result.messages.contains("statement: INSERT INTO nowhere"), "\(result)")
      #expect(result.messages.contains("nothing of this delta was kept"), "\(result)")
      #expect(try await shop.database.values("SELECT file FROM applied_schema_deltas").count == 3)
      #expect(try await !DatabaseDump.lines(shop.database).contains { $0.contains("fine") })
      try await expectRefusal(shop, "delta/main/2/04_bad.sql:2:")
      try shop.schema.write("delta/main/2/04_bad.sql", "CREATE TABLE fine (id BIGINT);")
      #expect(try await shop.gradus("migrate").code == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aMissingFullSchemaIsSaid(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      let folder = shop.schema.root.appending(path: "schema")
      // The deltas tell that there is such a database.
      try shop.schema.write("delta/state/3/01_notes.sql", "SELECT 1;")
      try FileManager.default.removeItem(at: folder.appending(path: "state"))
      for command in ["plan", "migrate"] {
        try await expectRefusal(
          shop, running: [command], "the full schema of version 1 has no folder for the database 'state'")
      }
      try FileManager.default.removeItem(at: folder.appending(path: "main"))
      try await expectRefusal(
        shop, "no full schema of version 3 or below", "add schema/<database>/<version>/\n")
    }
  }

  /// By then the compat version would have been raised.
  @Test(arguments: TestDatabase.availableEngines)
  func aHandlerThatThisProgramLacksIsMissedBeforeTheFirstStep(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try shop.schema.write(
        "delta/main/2/02_fill.updates.yaml", "updates: [{name: fill_totals, kind: handler}]")
      try await expectRefusal(shop, "needs fill_totals complete, and this program has no code for it")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func filesThatCannotBeReadAreNamedWithLineAndNearestName(engine: Engine) async throws {
    let cases: [(file: String, text: String, says: [String])] = [
      (
        "schema/schema.yaml", "verison: 3\ncompat_version: 2\n",
        ["schema/schema.yaml:1:1: unknown key 'verison'", "did you mean 'version'?"]
      ),
      (
        "schema/schema.yaml", "version: three\ncompat_version: 2\n",
        ["schema/schema.yaml:1:10: expected a whole"]
      ),
      ("schema/schema.yaml", "version: [\n", ["schema/schema.yaml:2:", "not valid YAML"]),
      ("schema/schema.yaml", "", ["schema/schema.yaml: the file is empty"]),
      (
        "schema/schema.yaml", "version: 3\ncompat_version: 4\n",
        ["schema/schema.yaml:2:17: the compat version 4 is above the version 3"]
      ),
      (
        "delta/main/3/02_more.updates.yaml", "updates:\n  - {name: more, kind: backfil, table: orders}\n",
        ["delta/main/3/02_more.updates.yaml:2:", "unknown kind 'backfil'", "did you mean 'backfill'?"]
      ),
      (
        "delta/main/3/02_more.updates.yaml",
        "updates:\n  - {name: more, kind: sql, sql: SELECT 1, depends_on: fil_totals}\n",
        [
          "delta/main/3/02_more.updates.yaml:2:", "depends on 'fil_totals', which nothing declares",
          "did you mean 'fill_totals'?",
        ]
      ),
      (
        "delta/main/3/02_more.updates.yaml",
        """
        updates:
          - {name: a, kind: sql, sql: SELECT 1, depends_on: b}
          - {name: b, kind: sql, sql: SELECT 1, depends_on: a}
        """,
        ["delta/main/3/02_more.updates.yaml:2:", "updates depend on each other in a circle: a -> b -> a"]
      ),
      (
        "delta/main/3/02_more.sql", "-- gradus:no-transactoin\nSELECT 1;\n",
        ["delta/main/3/02_more.sql:1:1: unknown directive", "did you mean 'no-transaction'?"]
      ),
      (
        "delta/state/3/01_index.sql", "SELECT 1;",
        ["two deltas of version 3 are named '01_index.sql'", "delta/main/3/01_index.sql; rename one"]
      ),
      (
        "delta/main/3/02_names.swift", "// create and upgrade",
        [
          "delta/main/3/02_names.swift: this delta is code",
          "CodeDelta(version: 3, name: \"02_names.swift\")",
        ]
      ),
    ]
    for (file, text, says) in cases {
      try await Shop.with(engine) { shop in
        try await shop.gradus("migrate", "--to", "1")
        try shop.schema.write(file, text)
        let before = try await DatabaseDump.lines(shop.database)
        for command in ["plan", "migrate"] {
          let result = try await shop.gradus(command)
          #expect(result.code == 1, "\(file): \(result)")
          for said in says { #expect(result.messages.contains(said), "'\(said)' in \(result)") }
        }
        #expect(try await DatabaseDump.lines(shop.database) == before)
      }
    }
  }

  @Test func anUnreachableServerIsNamedWithoutItsPassword() async throws {
    let tree = try TemporarySchema.shop()
    for address in [
      "postgres://u:secret@127.0.0.1:1/x", "host=127.0.0.1 port=1 user=u password=secret dbname=x",
      "postgres://u:sec@ret@127.0.0.1:1/x",
    ] {
      for command in [["plan"], ["migrate"], ["status"], ["updates", "list"], ["updates", "run"]] {
        let result = try await Program.gradus.run(command + ["--database", address], folder: tree.root)
        #expect(result.code == 1, "\(result)")
        #expect(result.messages.contains("PostgreSQL"), "\(result)")
        #expect(!result.messages.contains("sec"), "\(result)")
      }
    }
  }

  @Test func aFileThatIsNoDatabaseStaysAsItIs() async throws {
    let tree = try TemporarySchema.shop()
    let text = String(repeating: "Orders of this week. ", count: 100)
    try tree.write("orders/orders.txt", text)
    let folder = tree.root.appending(path: "orders")
    for command in [["plan"], ["migrate"], ["status"], ["updates", "list"], ["updates", "run"]] {
      let result = try await Program.gradus.run(
        command + ["--database", "orders/orders.txt"], folder: tree.root)
      #expect(result.code == 1, "\(result)")
      #expect(
        result.messages.contains("cannot open SQLite database 'orders/orders.txt': file is not a database"),
        "\(result)")
    }
    #expect(try String(contentsOf: folder.appending(path: "orders.txt"), encoding: .utf8) == text)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["orders.txt"])
  }

  /// Only `migrate` makes a file, and it only when it knows what to put into it.
  @Test func aMissingFileIsNotMadeByAccident() async throws {
    let tree = try TemporarySchema.shop()
    let file = tree.root.appending(path: "shop.db")
    for (command, code) in [
      (["plan"], 2), (["status"], 2), (["updates", "list"], 1), (["updates", "run"], 1),
      (["migrate", "--worker"], 1),
    ] as [([String], Int32)] {
      let result = try await Program.gradus.run(command + ["--database", file.path], folder: tree.root)
      #expect(result.code == code, "\(command): \(result)")
      #expect(!FileManager.default.fileExists(atPath: file.path), "\(command)")
    }
    let nowhere = try await Program.gradus.run(
      ["migrate", "--database", "no/folder/shop.db"], folder: tree.root)
    #expect(nowhere.code == 1, "\(nowhere)")
    #expect(nowhere.messages.contains("cannot open SQLite database 'no/folder/shop.db'"), "\(nowhere)")
    #expect(!FileManager.default.fileExists(atPath: tree.root.appending(path: "no").path))
  }
}
