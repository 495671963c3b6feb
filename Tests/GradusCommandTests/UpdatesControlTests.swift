import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// `updates pause`, `resume` and `prioritize`: what an operator says holds for all processes.
@Suite(.serialized) struct UpdatesControlTests {
  private static func with(_ engine: Engine, _ body: (Shop) async throws -> Void) async throws {
    try await Shop.with(engine, .steered()) { shop in
      #expect(try await shop.gradus("migrate").code == 0)
      try await body(shop)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func oneUpdateIsPausedAndResumed(engine: Engine) async throws {
    try await Self.with(engine) { shop in
      let paused = try await shop.gradus("updates", "pause", "touch")
      #expect(paused.code == 0 && paused.output == "touch: paused\n", "\(paused)")
      #expect((try await shop.queued("touch")?["paused_by"] as? String)?.contains("pid") == true)
      #expect(try await shop.queued("script")?["paused_by"] == nil)
      #expect(try await shop.gradus("updates", "list").output.contains("paused by "))
      #expect(try await shop.gradus("status").output.contains("touch: paused by "))
      let run = try await shop.gradus("updates", "run", "touch", "script")
      #expect(run.code == 2, "\(run)")
      #expect(run.output.contains("completed: 1\nremains: touch: paused by "), "\(run)")
      #expect(try await shop.database.values("SELECT DISTINCT touched FROM orders") == [0])
      let resumed = try await shop.gradus("updates", "resume", "touch")
      #expect(resumed.code == 0 && resumed.output == "touch: resumed\n", "\(resumed)")
      #expect(try await shop.gradus("updates", "run", "touch").code == 0)
      #expect(try await shop.database.values("SELECT DISTINCT touched FROM orders") == [1])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func allUpdatesArePausedAndResumed(engine: Engine) async throws {
    try await Self.with(engine) { shop in
      try await shop.gradus("updates", "pause", "touch")
      #expect(try await shop.gradus("updates", "pause").output == "all updates: paused\n")
      let run = try await shop.gradus("updates", "run")
      #expect(run.code == 2, "\(run)")
      #expect(run.output.contains("completed: 0"), "\(run)")
      #expect(run.output.contains("remains: script: paused by "), "\(run)")
      // The pause of all is another than that of one.
      #expect(try await shop.gradus("updates", "resume").output == "all updates: resumed\n")
      #expect(try await shop.queued("script")?["paused_by"] == nil)
      #expect(try await shop.queued("touch")?["paused_by"] != nil)
      let again = try await shop.gradus("updates", "run", "script", "touch")
      #expect(again.code == 2, "\(again)")
      #expect(again.output.contains("completed: 1\nremains: touch: paused by "), "\(again)")
    }
  }

  /// A run that is under way hears of the pause, too.
  @Test(arguments: TestDatabase.availableEngines)
  func aRunningUpdateIsPaused(engine: Engine) async throws {
    try await Shop.with(engine, .steered(orders: 30_000)) { shop in
      try await shop.gradus("migrate")
      try shop.schema.write(
        "gradus.yaml", "background_updates: {default_batch_size: 10, max_batch_size: 10}\n")
      let program = try shop.start(["updates", "run", "touch", "--format", "json", "--sleep", "50"])
      try await program.waits(for: "\"event\":\"batch\"")
      try await shop.gradus("updates", "pause")
      let result = try await program.result()
      #expect(result.code == 2, "\(result)")
      let end = try #require(try result.objects().last?["waiting"] as? [String: String])
      #expect(end["touch"]?.hasPrefix("paused by ") == true, "\(result)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aPauseThatIsTakenBackIsWaitedOut(engine: Engine) async throws {
    try await Self.with(engine) { shop in
      try await shop.gradus("updates", "pause", "touch")
      let program = try shop.start(["updates", "run", "touch", "--until-done", "--format", "json"])
      try await program.waits(for: "\"event\":\"waiting\"")
      #expect(program.output.contains("paused by "))
      try await shop.gradus("updates", "resume", "touch")
      let result = try await program.result()
      #expect(result.code == 0, "\(result)")
      #expect(try await shop.database.values("SELECT DISTINCT touched FROM orders") == [1])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theOrderIsChanged(engine: Engine) async throws {
    try await Self.with(engine) { shop in
      #expect(try await shop.queue() == ["broken", "late", "script", "touch"])
      let first = try await shop.gradus("updates", "prioritize", "touch")
      #expect(first.code == 0 && first.output == "touch: priority 1\n", "\(first)")
      #expect(try await shop.gradus("updates", "prioritize", "script", "7").code == 0)
      let behind = try await Program.gradus.run([
        "updates", "prioritize", "--schema-root", shop.schema.root.path, "--database", shop.database.address,
        "--",
        "broken", "-3",
      ])
      #expect(behind.code == 0, "\(behind)")
      #expect(try await shop.queue() == ["script", "touch", "late", "broken"])
      let run = try await shop.gradus("updates", "run", "--format", "json").objects()
      let started = run.filter { $0["event"] as? String == "started" }.map { $0["name"] as? String }
      #expect(started == ["script", "touch", "broken"])
      #expect(try await shop.gradus("updates", "prioritize", "late", "3000000000").code == 64)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aNameHasToBeQueued(engine: Engine) async throws {
    try await Self.with(engine) { shop in
      let before = try await DatabaseDump.lines(shop.database)
      for command in [["pause"], ["resume"], ["retry"], ["prioritize"], ["run"], ["run", "--foreground"]] {
        let misspelt = try await shop.start(["updates"] + command + ["tuch"]).result()
        #expect(misspelt.code == 1, "\(command): \(misspelt)")
        #expect(misspelt.messages.contains("no update is named 'tuch'"), "\(command): \(misspelt)")
        #expect(misspelt.messages.contains("did you mean 'touch'?"), "\(command): \(misspelt)")
      }
      #expect(try await DatabaseDump.lines(shop.database) == before)
      try await shop.gradus("updates", "run", "touch")
      for command in ["pause", "resume", "retry", "prioritize"] {
        let done = try await shop.gradus("updates", command, "touch")
        #expect(done.code == 1, "\(command): \(done)")
        #expect(done.messages.contains("'touch' is not queued"), "\(command): \(done)")
      }
      let run = try await shop.gradus("updates", "run", "touch")
      #expect(run.code == 0 && run.output == "nothing to do: not queued: touch\n", "\(run)")
      for command in [["retry"], ["prioritize"]] {
        #expect(try await shop.start(["updates"] + command).result().code == 64)
      }
    }
  }

  /// Where one of several databases fails, it is named, and so are those that are changed already.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsChangedBeforeADatabaseFailsIsNamed(engine: Engine) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try await TestDatabase.withDatabase(engine) { other in
        try shop.configure(stateOn: other)
        func gradus(_ arguments: String...) async throws -> ProgramResult {
          try await Program.gradus.run(arguments, folder: shop.schema.root)
        }
        #expect(try await gradus("migrate").code == 0)
        // No second row can be written there.
        try await other.execute("INSERT INTO gradus_update_controls (update_name) VALUES ('other')")
        try await other.execute("CREATE UNIQUE INDEX one_only ON gradus_update_controls (priority)")
        let paused = try await gradus("updates", "pause")
        #expect(paused.code == 1, "\(paused)")
        #expect(paused.messages.contains("database 'state': "), "\(paused)")
        #expect(paused.messages.contains("changed already: master; "), "\(paused)")
        let count = "SELECT count(*) FROM gradus_update_controls WHERE paused_at IS NOT NULL"
        #expect(try await shop.database.values(count) == [1])
        #expect(try await other.values(count) == [0])
        try await other.execute("DROP INDEX one_only")
        #expect(try await gradus("updates", "pause").code == 0)
        #expect(try await other.values(count) == [1])
      }
    }
  }

  /// What a newer binary has queued waits for one that knows it, and may be steered meanwhile.
  @Test(arguments: TestDatabase.availableEngines)
  func anUnknownUpdateStays(engine: Engine) async throws {
    try await Self.with(engine) { shop in
      try await shop.database.execute(
        "INSERT INTO background_updates (update_name, progress_json) VALUES ('foreign', '{\"at\":7}')")
      let run = try await shop.gradus("updates", "run", "foreign")
      #expect(run.code == 2, "\(run)")
      #expect(run.output.contains("remains: foreign: this program does not know it"), "\(run)")
      #expect(try await shop.queued("foreign")?["known"] as? Bool == false)
      #expect(try await shop.gradus("status").output.contains("foreign: not known here"))
      for command in ["pause", "prioritize", "resume"] {
        #expect(try await shop.gradus("updates", command, "foreign").code == 0, "\(command)")
      }
      #expect(try await shop.gradus("updates", "retry", "foreign").output == "foreign: was not parked\n")
      #expect(try await shop.queued("foreign")?["progress"] as? String == "{\"at\":7}")
    }
  }
}
