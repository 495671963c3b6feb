import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

@testable import GradusCommand

/// `migrate` that completes an update with several workers.
@Suite(.serialized) struct ForegroundWorkersTests {
  private struct Application: SchemaApplication { static let name = "gradus" }

  /// By hand in the foreground it is as at a start.
  @Test(
    arguments: [
      ([], 1), (["--foreground"], 2), (["--foreground", "--workers", "1"], 1), (["--workers", "3"], 3),
    ] as [([String], Int)])
  func updatesRunHasAsManyAsAStart(arguments: [String], expected: Int) throws {
    #expect(try UpdatesRunCommand<Application>.parse(arguments).workerCount == expected)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func completeWhatAStepNeeds(engine: Engine) async throws {
    try await Shop.with(engine, .shop()) { shop in
      try await shop.gradus("migrate", "--to", "1")
      for number in 1...40 {
        try await shop.database.execute("INSERT INTO customers VALUES ('c\(number)')")
        try await shop.database.execute("INSERT INTO orders VALUES (\(number), 'c\(number)', 2)")
      }
      try await shop.gradus("migrate", "--to", "2")
      #expect(try await shop.database.values("SELECT count(*) FROM totals") == [0])
      let refused = try await shop.gradus("migrate", "--foreground-workers", "0")
      #expect(
        refused.code == 64 && refused.messages.contains("--foreground-workers must be"), "\(refused)")
      let migrated = try await shop.gradus("migrate", "--foreground-workers", "3")
      #expect(migrated.code == 0, "\(migrated)")
      #expect(try await shop.database.values("SELECT CAST(sum(amount) AS BIGINT) FROM totals") == [80])
      #expect(try await shop.queue() == [])
      let list = try await shop.gradus("updates", "list", "--completed")
      #expect(list.output.contains("fill_totals"), "\(list)")
    }
  }
}
