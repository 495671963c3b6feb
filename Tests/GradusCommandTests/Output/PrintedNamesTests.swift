import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// What stands in a database is a stranger's text, and no terminal obeys it.
@Suite struct PrintedNamesTests {
  private static let name = "evil\u{1B}[2J\u{202E}\nname"
  private static let printed = "evil\u{FFFD}[2J\u{FFFD}\u{FFFD}name"

  @Test(arguments: TestDatabase.availableEngines)
  func theNameOfAnUpdate(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await shop.gradus("migrate")
      try await shop.database.execute(
        "INSERT INTO background_updates (update_name, progress_json) VALUES ('\(Self.name)', '{}')")
      for command in [["status"], ["updates", "list"], ["updates", "run"], ["updates", "list"]] {
        let result = try await shop.start(command).result()
        #expect(result.output.contains(Self.printed), "\(command): \(result)")
        #expect(!(result.output + result.messages).contains("\u{1B}"), "\(command): \(result)")
      }
      #expect(try await shop.queue().contains(Self.name))
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theReasonForWhichAnUpdateIsParked(engine: Engine) async throws {
    try await Shop.with(engine, .steered()) { shop in
      try await shop.gradus("migrate")
      try await shop.gradus("updates", "run")
      #expect(try await shop.queued("broken")?["parked"] != nil)
      try await shop.database.execute(
        "UPDATE gradus_update_controls SET parked_reason = '\(Self.name)' WHERE update_name = 'broken'")
      for command in [["status"], ["updates", "list"], ["updates", "run"]] {
        let result = try await shop.start(command).result()
        #expect(result.output.contains("evil\u{FFFD}[2J\u{FFFD}"), "\(command): \(result)")
        #expect(!(result.output + result.messages).contains("\u{1B}"), "\(command): \(result)")
      }
    }
  }
}
