import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Outside the hours in which batches may run, who does not wait is told, and who completes does not look at them.
@Suite struct ClosedWindowTests {
  /// A day that is neither today nor tomorrow, by the clock that the configuration names.
  private static var anotherDay: String {
    // The first day of all was a Thursday.
    let today = Int(Date().timeIntervalSince1970) / 86_400 + 4
    return ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][(today + 3) % 7]
  }

  @Test(arguments: TestDatabase.availableEngines)
  func batchesWait(engine: Engine) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try shop.schema.write(
        "gradus.yaml",
        "background_updates: {time_zone: UTC, windows: [\"\(Self.anotherDay) 00:00-24:00\"]}\n")
      #expect(try await shop.gradus("migrate").code == 0)
      let run = try await shop.gradus("updates", "run", "touch")
      #expect(run.code == 2, "\(run)")
      #expect(run.output == "completed: 0\nremains: touch: waits for the next time window\n", "\(run)")
      #expect(try await shop.gradus("status").output.contains("  time windows: closed until "))
      let waiter = try shop.start(["updates", "run", "touch", "--until-done", "--format", "json"])
      try await waiter.waits(for: "waits for the next time window")
      waiter.send(SIGTERM)
      let stopped = try await waiter.result()
      #expect(stopped.code == 130, "\(stopped)")
      #expect(try await shop.database.values("SELECT DISTINCT touched FROM orders") == [0])
      let foreground = try await shop.gradus("updates", "run", "touch", "--foreground")
      #expect(foreground.code == 0, "\(foreground)")
      #expect(try await shop.database.values("SELECT DISTINCT touched FROM orders") == [1])
    }
  }
}
