import Foundation
import GradusSQL
import GradusTestSupport
import Testing

/// The commands as a user meets them: output, exit codes, and where settings come from.
@Suite(.timeLimit(.minutes(5))) struct CommandTests {
  @Test(arguments: TestDatabase.availableEngines)
  func exitCodesFromNewToRefused(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      func gradus(_ arguments: String...) async throws -> Program.Result {
        try await Program.gradus.run(
          arguments, in: tree.root, environment: ["DATABASE_URL": database.address])
      }
      #expect(try await gradus("plan", "--to", "2").status == 2)
      #expect(try await gradus("migrate", "--to", "1", "--worker").status == 1)
      #expect(try await gradus("migrate", "--to", "2").status == 0)
      #expect(try await gradus("plan", "--to", "2").output.contains("nothing to do"))
      #expect(try await gradus("plan", "--to", "2").status == 0)
      #expect(try await gradus("status").status == 2)
      #expect(try await gradus("migrate", "--to", "2", "--worker").status == 0)
      #expect(try await gradus("updates", "list").output.contains("fill_totals"))
      #expect(try await gradus("migrate", "--to", "1").output.contains("up to date"))
      let done = try await gradus("migrate")
      #expect(done.status == 0)
      #expect(done.messages.contains("certify totals as complete"))
      let refused = try await gradus("migrate", "--to", "1")
      #expect(refused.status == 3)
      #expect(refused.messages.contains("schema version 2 or later"))
      #expect(try await gradus("status", "--to", "1").status == 3)
      #expect(try await gradus("updates", "run", "--to", "1").status == 3)
      #expect(try await gradus("updates", "run").output.contains("no background updates are queued"))
    }
  }

  @Test func wrongUsageAndHelp() async throws {
    #expect(try await Program.gradus.run(["bogus"]).status == 64)
    #expect(try await Program.gradus.run(["migrate", "--to", "x"]).status == 64)
    #expect(try await Program.gradus.run(["updates", "run", "--batch-size", "0"]).status == 64)
    for command in [
      [], ["plan"], ["migrate"], ["status"], ["new", "delta"], ["updates", "list"], ["updates", "run"],
    ] {
      let help = try await Program.gradus.run(command + ["--help"])
      #expect(help.status == 0)
      #expect(help.output.contains("USAGE: gradus"))
    }
    let demo = try await Program.homeserver.run(["demo", "--help"])
    #expect(demo.output.contains("USAGE: homeserver demo"))
  }

  @Test(arguments: TestDatabase.availableEngines)
  func jsonIsVersioned(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      func gradus(_ arguments: String...) async throws -> [[String: Any]] {
        try await Program.gradus.run(
          arguments + ["--format", "json"], in: tree.root, environment: ["DATABASE_URL": database.address]
        ).json
      }
      let plan = try #require(try await gradus("plan").first)
      #expect(plan["format"] as? Int == 1)
      let steps = ((plan["databases"] as? [[String: Any]])?.first?["steps"] as? [[String: Any]])?.compactMap {
        $0["kind"] as? String
      }
      #expect(steps?.first == "create_bookkeeping")
      let events = try await gradus("migrate", "--to", "2")
      #expect(events.first?["event"] as? String == "planned")
      #expect(events.last?["event"] as? String == "finished")
      let list = try #require(try await gradus("updates", "list").first)
      #expect((list["updates"] as? [[String: Any]])?.first?["name"] as? String == "fill_totals")
      let run = try await gradus("updates", "run")
      #expect(run.last?["completed"] as? [String] == ["fill_totals"])
      let status = try #require(try await gradus("status").first)
      #expect((status["databases"] as? [[String: Any]])?.first?["version"] as? Int == 2)
    }
  }

  /// A flag goes before the environment, and that before the file.
  @Test func settingsHaveAnOrder() async throws {
    let tree = try TemporarySchema.shop()
    try tree.write("gradus.yaml", "database: from-file.db\n")
    func made(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> [String] {
      let result = try await Program.gradus.run(
        ["migrate", "--to", "1"] + arguments, in: tree.root, environment: environment)
      #expect(result.status == 0, "\(result.messages)")
      return try FileManager.default.contentsOfDirectory(atPath: tree.root.path).filter {
        $0.hasSuffix(".db")
      }.sorted()
    }
    let environment = ["DATABASE_URL": "sqlite:from-environment.db"]
    #expect(try await made(["--database", "from-flag.db"], environment) == ["from-flag.db"])
    #expect(try await made([], environment) == ["from-environment.db", "from-flag.db"])
    #expect(try await made([]) == ["from-environment.db", "from-file.db", "from-flag.db"])
  }

  @Test func severalDatabasesAndAnotherLayout() async throws {
    let tree = try TemporarySchema([
      "db/ledger.yaml": "version: 1\ncompat_version: 1\n",
      "db/main/full/1/a.sql": "CREATE TABLE a (x INTEGER);",
      "db/state/full/1/b.sql": "CREATE TABLE b (x INTEGER);",
      "gradus.yaml": """
      schema_root: db
      layout: {ledger: ledger.yaml, full_schema: "{database}/full/{version}", delta: "{database}/delta/{version}"}
      databases:
        main: {url: main.db, databases: main}
        state: {url: state.db, databases: [state]}
      """,
    ])
    let result = try await Program.gradus.run(["migrate"], in: tree.root)
    #expect(result.status == 0, "\(result.messages)")
    for (file, table) in [("main.db", "a"), ("state.db", "b")] {
      let status = try await Program.gradus.run(["status"], in: tree.root)
      #expect(status.output.contains(file))
      let driver = SQLiteFile(tree.root.appending(path: file).path)
      #expect(try await driver.tables().intersection(["a", "b"]) == [table])
    }
  }

  @Test func newDeltaTakesTheNextNumber() async throws {
    let tree = try TemporarySchema.shop()
    let one = try await Program.gradus.run(["new", "delta", "add_notes"], in: tree.root)
    #expect(one.output.hasSuffix("delta/main/3/02_add_notes.sql\n"))
    let two = try await Program.gradus.run(["new", "delta", "more", "--engine", "each"], in: tree.root)
    #expect(
      two.output.split(separator: "\n").map { $0.split(separator: "/").last } == [
        "03_more.sql.sqlite", "03_more.sql.postgres",
      ])
    #expect(try await Program.gradus.run(["new", "delta", "a b"], in: tree.root).status == 64)
    // What it writes is a delta that runs.
    #expect(try await Program.gradus.run(["migrate", "--database", "x.db"], in: tree.root).status == 0)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aMisspeltUpdateIsAnError(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      let environment = ["DATABASE_URL": database.address]
      _ = try await Program.gradus.run(["migrate", "--to", "2"], in: tree.root, environment: environment)
      let result = try await Program.gradus.run(
        ["updates", "run", "fill_total"], in: tree.root, environment: environment)
      #expect(result.status == 1)
      #expect(result.messages.contains("did you mean 'fill_totals'?"))
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func statusWarnsOfAnEditedDelta(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      let environment = ["DATABASE_URL": database.address]
      _ = try await Program.gradus.run(["migrate"], in: tree.root, environment: environment)
      try tree.write("delta/main/3/01_index.sql", "CREATE INDEX other ON totals (amount);")
      let status = try await Program.gradus.run(["status"], in: tree.root, environment: environment)
      #expect(status.output.contains("warning: delta/main/3/01_index.sql was edited after it was applied"))
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theDemoIsAllRight(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      // The demo wants a SQLite file that is not there yet.
      let place = engine == .sqlite ? database.address + ".demo" : database.address
      let demo = try await Program.homeserver.run(
        ["demo", "--rooms", "60", "--memberships", "900", "--users", "120", "--database", place])
      #expect(demo.status == 0, "\(demo.messages)")
      #expect(demo.output.contains("all right"))
      #expect(!FileManager.default.fileExists(atPath: place + ".demo"))
      #expect(try await DatabaseDump.read(database).isEmpty)
    }
  }
}
