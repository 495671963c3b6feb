import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// What operators and scripts rely on: exit codes, messages and the format of results.
@Suite struct CommandTests {
  @Test(arguments: TestDatabase.availableEngines)
  func exitCodesTellWhatIsToBeDone(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      let pending = try await shop.gradus("plan")
      #expect(pending.code == 2, "\(pending)")
      #expect(pending.output.contains("create schema version 1 (2 files)"), "\(pending)")
      #expect(try await DatabaseDump.lines(shop.database) == [])
      let migrated = try await shop.gradus("migrate")
      #expect(migrated.code == 0, "\(migrated)")
      #expect(migrated.output.contains(": at version 3 after "), "\(migrated)")
      let done = try await shop.gradus("plan")
      #expect(done.code == 0, "\(done)")
      #expect(done.output.hasSuffix("nothing to do\n"), "\(done)")
      let again = try await shop.gradus("migrate")
      #expect(again.code == 0, "\(again)")
      #expect(again.output.hasSuffix("up to date at version 3\n"), "\(again)")
      #expect(try await shop.gradus("status").code == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anOlderVersionIsRefused(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await shop.gradus("migrate")
      let before = try await DatabaseDump.lines(shop.database)
      for command in [["plan"], ["migrate"], ["migrate", "--worker"], ["updates", "run"], ["status"]] {
        let result = try await shop.start(command + ["--to", "1"]).result()
        #expect(result.code == 3, "\(command): \(result)")
        let text = result.output + result.messages
        #expect(text.contains("may only be opened by schema version 2 or later"), "\(command): \(result)")
      }
      #expect(try await DatabaseDump.lines(shop.database) == before)
    }
  }

  /// Versions begin with 0, or later.
  @Test(arguments: TestDatabase.availableEngines)
  func versionZeroMayBeActedAs(engine: Engine) async throws {
    let schema = try TemporarySchema([
      "schema/schema.yaml": "version: 1\ncompat_version: 0\nversions: {0: {compat: 0}, 1: {compat: 0}}\n",
      "schema/main/0/01_items.sql": "CREATE TABLE items (id BIGINT PRIMARY KEY);",
      "delta/main/1/01_more.sql": "CREATE TABLE more (id BIGINT PRIMARY KEY);",
    ])
    try await Shop.with(engine, schema) { shop in
      for (arguments, version) in [(["--to", "0"], 0), ([], 1), (["--to", "0"], 1)] as [([String], Int64)] {
        let result = try await shop.start(["migrate"] + arguments).result()
        #expect(result.code == 0, "\(result)")
        #expect(try await shop.database.values("SELECT version FROM schema_version") == [.integer(version)])
      }
    }
  }

  @Test func wrongUsageIsToldFromErrors() async throws {
    let wrong = [
      ["frobnicate"], ["plan", "--unknown"], ["migrate", "--lock-timeout", "soon"],
      ["migrate", "--lock-timeout=-1"], ["migrate", "--statement-lock-timeout", "0"],
      ["migrate", "--format", "xml"],
      ["migrate", "--foreground-workers", "0"], ["migrate", "--foreground-workers", "65"],
      ["serve", "--workers", "65"], ["updates", "run", "--workers", "65"],
      ["updates", "run", "--batch-size", "0"],
      ["new", "delta"], ["new", "delta", "add-topics"], ["plan", "--to"],
    ]
    for arguments in wrong {
      let result = try await Program.gradus.run(arguments)
      #expect(result.code == 64, "\(arguments): \(result)")
      #expect(result.messages.contains("Usage: gradus"), "\(arguments): \(result)")
    }
    let noDatabase = try await Program.gradus.run(["plan", "--schema-root", BuiltProgram.packageRoot.path])
    #expect(noDatabase.code == 1, "\(noDatabase)")
    #expect(noDatabase.messages.contains("no database given"), "\(noDatabase)")
  }

  /// The parser suggests options alone.
  @Test func aMisspeltCommandIsRecognised() async throws {
    for (arguments, name) in [
      (["migrat"], "migrate"), (["updates", "paus", "fill"], "pause"), (["check", "compt"], "compat"),
    ] {
      let result = try await Program.gradus.run(arguments)
      #expect(result.code == 64, "\(arguments): \(result)")
      #expect(result.messages.contains("'. Did you mean '\(name)'?\n"), "\(arguments): \(result)")
      #expect(result.messages.contains("\nUsage: gradus"), "\(arguments): \(result)")
    }
    let strange = try await Program.gradus.run(["frobnicate"])
    #expect(!strange.messages.contains("Did you mean"), "\(strange)")
  }

  /// What no parser can know is told with the usage of the same command.
  @Test func wrongUsageThatShowsItselfLateNamesItsCommand() async throws {
    let tree = try TemporarySchema.shop()
    let wrong: [(program: Program, arguments: [String], command: String)] = [
      (.gradus, ["new", "gradual-migration", "refunds"], "gradus new gradual-migration"),
      (.gradus, ["schema", "diff", "1", "postgres://nowhere/x", "--engine", "sqlite"], "gradus schema diff"),
      (.gradus, ["port", "--from", "postgres://nowhere/x", "--to", "shop.db"], "gradus port"),
      (.homeserver, ["updates", "start", "event_resign", "--wrong", "1"], "homeserver updates start"),
    ]
    for (program, arguments, command) in wrong {
      let result = try await program.run(arguments, folder: tree.root)
      #expect(result.code == 64 && result.messages.hasPrefix("Error: "), "\(arguments): \(result)")
      #expect(result.messages.contains("\nUsage: \(command) "), "\(arguments): \(result)")
      #expect(
        result.messages.hasSuffix("  See '\(command) --help' for more information.\n"),
        "\(arguments): \(result)")
    }
  }

  @Test func everyCommandHasHelp() async throws {
    let commands = [
      [], ["plan"], ["migrate"], ["status"], ["new"], ["new", "delta"], ["updates"], ["updates", "list"],
      ["updates", "run"], ["updates", "pause"], ["updates", "resume"], ["updates", "retry"],
      ["updates", "prioritize"], ["updates", "certify"],
    ]
    for command in commands {
      let result = try await Program.gradus.run(command + ["--help"])
      #expect(result.code == 0, "\(command): \(result)")
      #expect(result.output.hasPrefix("OVERVIEW: "), "\(command): \(result)")
      #expect(result.output.contains("USAGE: \((["gradus"] + command).joined(separator: " "))"), "\(result)")
    }
    let demo = try await Program.homeserver.run(["demo", "--help"])
    #expect(demo.code == 0 && demo.output.contains("USAGE: homeserver demo"), "\(demo)")
  }

  @Test(arguments: TestDatabase.availableEngines)
  func documentsNameTheirFormat(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      let plan = try await shop.gradus("plan", "--format", "json", "--sql").object()
      #expect(plan["format"] as? Int == 1)
      let planned = try #require((plan["databases"] as? [[String: Any]])?.first)
      #expect(planned["target_version"] as? Int == 3)
      let steps = try #require(planned["steps"] as? [[String: Any]])
      #expect(steps.first?["kind"] as? String == "create_bookkeeping")
      #expect(steps.contains { ($0["sql"] as? String)?.contains("CREATE TABLE totals") == true })
      try await shop.gradus("migrate", "--to", "2")
      let status = try await shop.gradus("status", "--format", "json").object()
      #expect(status["format"] as? Int == 1)
      let state = try #require((status["databases"] as? [[String: Any]])?.first)
      #expect(state["version"] as? Int == 2)
      #expect(state["pending_steps"] as? Int != 0)
      #expect(state["refused"] as? Bool == false)
      let list = try await shop.gradus("updates", "list", "--format", "json").object()
      #expect(list["format"] as? Int == 1)
      #expect((list["updates"] as? [[String: Any]])?.first?["name"] as? String == "fill_totals")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatTakesLongTellsItsEventsLineByLine(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      let migration = try await shop.gradus("migrate", "--to", "2", "--format", "json").objects()
      #expect(migration.first?["event"] as? String == "planned")
      #expect(migration.contains { $0["event"] as? String == "step_finished" })
      #expect(migration.last?["event"] as? String == "finished")
      #expect(migration.last?["format"] as? Int == 1)
      try await shop.database.execute("INSERT INTO customers VALUES ('ann')")
      try await shop.database.execute("INSERT INTO orders VALUES (1, 'ann', 10)")
      try await shop.database.execute("INSERT INTO totals_queue VALUES ('ann')")
      let run = try await shop.gradus("updates", "run", "--format", "json").objects()
      #expect(run.map { $0["event"] as? String } == ["started", "batch", "batch", "completed", "finished"])
      #expect(run.last?["format"] as? Int == 1)
      #expect(run.last?["completed"] as? [String] == ["fill_totals"])
      #expect(try await shop.database.values("SELECT amount FROM totals") == [10])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aWorkerOnlyChecks(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      for command in ["plan", "migrate"] {
        let result = try await shop.gradus(command, "--worker")
        #expect(result.code == 1, "\(result)")
        #expect(result.messages.contains("this worker expects schema version 3"), "\(result)")
        #expect(result.messages.contains("start the main process"), "\(result)")
      }
      #expect(try await DatabaseDump.lines(shop.database) == [])
      try await shop.gradus("migrate")
      #expect(try await shop.gradus("migrate", "--worker").code == 0)
      #expect(try await shop.gradus("plan", "--worker").code == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func actsAsAnotherVersion(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await shop.gradus("migrate", "--to", "1")
      #expect(try await shop.database.values("SELECT version FROM schema_version") == [1])
      let unknown = try await shop.gradus("plan", "--to", "9")
      #expect(unknown.code == 1)
      #expect(unknown.messages.contains("the ledger has no version 9"), "\(unknown)")
      #expect(unknown.messages.contains("it knows 1, 2, 3"), "\(unknown)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aMisspeltUpdateIsNotDone(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      let early = try await shop.gradus("migrate", "--to", "2")
      #expect(early.code == 0, "\(early)")
      let before = try await DatabaseDump.lines(shop.database)
      let result = try await shop.gradus("updates", "run", "fil_totals")
      #expect(result.code == 1, "\(result)")
      #expect(result.output == "", "\(result)")
      #expect(result.messages.contains("no update is named 'fil_totals'"), "\(result)")
      #expect(result.messages.contains("did you mean 'fill_totals'?"), "\(result)")
      #expect(try await DatabaseDump.lines(shop.database) == before)
      #expect(try await shop.gradus("updates", "list").output.contains("fill_totals"))
      #expect(try await shop.gradus("updates", "run", "fill_totals").code == 0)
      #expect(try await shop.gradus("updates", "list").output == "no background updates are queued\n")
    }
  }

  /// An update that fails is set aside and said so; the others run.
  @Test(arguments: TestDatabase.availableEngines)
  func updatesThatRemainAreToldWithTheirReasons(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try shop.schema.write(
        "delta/main/2/05_more.updates.yaml",
        """
        updates:
          - {name: broken, kind: sql, sql: "INSERT INTO nowhere VALUES (1)"}
          - {name: late, kind: sql, depends_on: broken, sql: "SELECT 1"}
        """)
      try await shop.gradus("migrate", "--to", "2")
      try await shop.database.execute(
        "INSERT INTO background_updates (update_name, progress_json) VALUES ('foreign', '{}')")
      let result = try await shop.gradus("updates", "run")
      #expect(result.code == 2, "\(result)")
      #expect(result.output.contains("completed: 1"), "\(result)")
      #expect(result.output.contains("remains: broken: "), "\(result)")
      #expect(result.output.contains("nowhere"), "\(result)")
      #expect(result.output.contains("remains: late: waits for 'broken'"), "\(result)")
      #expect(result.output.contains("remains: foreign: this program does not know it"), "\(result)")
      #expect(try await shop.gradus("updates", "list").output.contains("not known here"))
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anEditedDeltaIsSeen(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await shop.gradus("migrate")
      #expect(try await shop.gradus("status").output.contains("warning") == false)
      try shop.schema.write(
        "delta/main/3/01_index.sql", "CREATE INDEX totals_by_customer ON totals (customer);")
      let status = try await shop.gradus("status")
      #expect(status.code == 0, "\(status)")
      #expect(
        status.output.contains("warning: delta/main/3/01_index.sql was edited after it was applied"),
        "\(status)")
    }
  }
}
