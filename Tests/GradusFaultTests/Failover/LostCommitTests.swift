import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import ProgramTestSupport
import Testing

/// A commit of which nobody hears: the batch is done, and must not be done again.
@Suite struct LostCommitTests {
  @Test(arguments: TestDatabase.availableEngines, [3, 4, 5])
  func nothingIsDoneTwice(engine: Engine, every: Int) async throws {
    try await Shop.with(engine, .mainAndState(rows: 60)) { shop in
      try await #require(shop.gradus("migrate").code == 0)
      let definition = try shop.schema.definition()
      let driver = LostCommits(shop.database.driver) { $0 % every == 0 }
      var options = UpdateOptions(health: .off)
      options.batches.maxBatchSize = 10
      options.batches.defaultBatchSize = 10
      options.batches.pause = .zero
      let pool = WorkerPool(
        database: PhysicalDatabase(driver: driver),
        registry: UpdateRegistry(handlers: [], declarations: Array(definition.tree.declarations.values)),
        options: options)
      let summary = try await pool.run()
      #expect(Set(summary.completed) == ["touch_orders", "touch_notes"])
      #expect(summary.completed.count == 2)
      #expect(summary.waiting.isEmpty)
      // Each table has six batches.
      #expect(driver.lost >= 12 / every)
      for table in ["orders", "notes"] {
        #expect(
          try await shop.database.values("SELECT count(*) FROM \(table) WHERE touched = 1") == [60])
      }
    }
  }
}
