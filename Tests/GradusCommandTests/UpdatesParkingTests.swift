import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A parked update is told with its error, and tried again when somebody asks for it.
@Suite(.serialized) struct UpdatesParkingTests {
  @Test(arguments: TestDatabase.availableEngines)
  func theErrorIsShownUntilARetry(engine: Engine) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try await shop.gradus("migrate")
      let run = try await shop.gradus("updates", "run", "--format", "json")
      #expect(run.code == 2, "\(run)")
      let parked = try run.objects().filter { $0["event"] as? String == "parked" }
      #expect(parked.map { $0["name"] as? String } == ["broken"])
      #expect((parked.first?["error"] as? String)?.contains("nowhere") == true, "\(run)")
      // The others ran.
      #expect(try await shop.queue() == ["broken", "late"])

      let list = try await shop.gradus("updates", "list").output
      #expect(list.contains("broken is parked; 'updates retry broken' gives it another try:"), "\(list)")
      #expect(list.contains("statement: INSERT INTO nowhere VALUES (1)"), "\(list)")
      let status = try await shop.gradus("status")
      #expect(status.code == 0, "\(status)")
      #expect(status.output.contains("    broken: parked: "), "\(status)")
      #expect(status.output.contains("    late: waits for broken\n"), "\(status)")
      #expect(status.output.contains("statement: INSERT INTO nowhere VALUES (1)"), "\(status)")
      #expect((try await shop.queued("broken")?["parked"] as? String)?.contains("nowhere") == true)
      let updates = try await shop.state()["updates"] as? [[String: Any]]
      #expect((updates?.first?["parked"] as? String)?.contains("nowhere") == true)

      // A run of all leaves it alone.
      let again = try await shop.gradus("updates", "run", "--format", "json")
      #expect(again.code == 2, "\(again)")
      #expect(try again.objects().compactMap { $0["event"] as? String } == ["finished"])

      try await shop.database.execute("CREATE TABLE nowhere (id BIGINT)")
      let retry = try await shop.gradus("updates", "retry", "broken")
      #expect(retry.code == 0 && retry.output == "broken: is tried again\n", "\(retry)")
      #expect(try await shop.queued("broken")?["parked"] == nil)
      #expect(try await shop.gradus("updates", "retry", "broken").output == "broken: was not parked\n")
      let last = try await shop.gradus("updates", "run")
      #expect(last.code == 0 && last.output == "completed: 2\n", "\(last)")
    }
  }

  /// Who names a parked update has asked for another try.
  @Test(arguments: TestDatabase.availableEngines, [[], ["--foreground"], ["--until-done"]])
  func aNamedUpdateIsTriedAlthoughItIsParked(engine: Engine, options: [String]) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try await shop.gradus("migrate")
      for _ in 0..<2 {
        let run = try await shop.start(["updates", "run", "broken"] + options).result()
        #expect(run.code == 2, "\(run)")
        #expect(run.output.contains("remains: broken: parked: "), "\(run)")
        #expect(run.messages.contains("broken: parked: "), "\(run)")
      }
      #expect(try await shop.queue() == ["broken", "late", "script", "touch"])
      try await shop.database.execute("CREATE TABLE nowhere (id BIGINT)")
      let run = try await shop.start(["updates", "run", "broken"] + options).result()
      #expect(run.code == 0 && run.output == "completed: 1\n", "\(run)")
      #expect(try await shop.queue() == ["late", "script", "touch"])
    }
  }
}
