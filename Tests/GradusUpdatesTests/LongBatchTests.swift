import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// A batch that takes longer than its worker's hold lasts: PostgreSQL only, as on SQLite there are no holds.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
struct LongBatchTests {
  /// Others wait for it as for any hold. Had they the update, they would wait behind the batch, and take that for failures
  /// of the update.
  @Test func itsUpdateIsNotTakenOver() async throws {
    try await Workshop.with(.postgres, [QueuedUpdate(name: "counting")]) { shop in
      let slow = try await shop.place.open()
      try await slow.transaction { (connection) throws in
        let terms = LeaseTerms(worker: "slow", duration: .zero)
        #expect(
          try UpdateLeases(connection: connection, terms: terms).acquire("counting", preempts: false)
            == .acquired(takenOverFrom: nil))
      }
      try await slow.run { connection in
        try connection.execute("BEGIN")
        try connection.execute("SELECT 1 FROM background_updates FOR UPDATE")
      }
      let events = Events()
      let options = UpdateOptions(batches: UpdateOptions.fast.batches, lockTimeout: .milliseconds(50))
      let runner = try await shop.runner(
        UpdateRegistry(handlers: [Counting()]), options, report: events.report)
      async let summary = runner.run()
      let reasons = try await events.wait { if case .waiting(let reasons) = $0 { reasons } else { nil } }
      #expect(reasons == ["counting": WaitReason.held(by: "slow").description])
      try await slow.run { _ = try $0.execute("COMMIT") }
      // The hold has run out, and no batch is under way.
      #expect(try await summary.completed == ["counting"])
      let from = events.all.compactMap { if case .takenOver(_, let from) = $0 { from } else { nil } }
      #expect(from == ["slow"])
      #expect(!events.all.contains { if case .failed = $0 { true } else { false } })
    }
  }
}
