import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// Who asks again and again what is left does not make the database count again and again.
@Suite struct RemainingCountsTests {
  private struct Slow: UpdateHandler {
    let name = "slow"
    let counted = Counter()

    func runBatch(_ progress: NoProgress, size: Int, on connection: Connection) throws
      -> BatchResult<NoProgress>
    { .end }

    func estimateRemaining(_ progress: NoProgress, on connection: Connection) throws -> Int? {
      counted.increment()
      // Due again after fifty seconds, however slow the machine is.
      Thread.sleep(forTimeInterval: 1)
      return 1_000 * counted.count
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func areKeptWhileTheyAreNew(_ engine: Engine) async throws {
    let slow = Slow()
    let registry = UpdateRegistry(handlers: [slow])
    try await Workshop.with(engine, [QueuedUpdate(name: "slow")]) { shop in
      let counts = RemainingCounts()
      func remaining() async throws -> [Int?] {
        try await shop.session.run {
          try UpdateListing.read($0, registry: registry, counts: counts).map(\.remaining)
        }
      }
      func set(_ sql: String) async throws { _ = try await shop.session.run { try $0.execute(sql) } }

      #expect(try await remaining() == [1_000])
      #expect(try await remaining() == [1_000])
      #expect(slow.counted.count == 1)
      // What was looked at since is taken off.
      try await set(
        """
        INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, skipped, started_at, updated_at)
        VALUES ('slow', 300, 0, 1, 1, '{}', 1, 1)
        """)
      #expect(try await remaining() == [700])
      #expect(slow.counted.count == 1)
      // A row with other progress is another life of the update.
      try await set("UPDATE gradus_updates SET scanned = 0")
      try await set("UPDATE background_updates SET progress_json = '{\"a\":1}'")
      #expect(try await remaining() == [2_000])
      try await set("DELETE FROM background_updates")
      #expect(try await remaining() == [])
      try await set(
        "INSERT INTO background_updates (update_name, progress_json) VALUES ('slow', '{\"a\":1}')")
      #expect(try await remaining() == [3_000])
      // Without what was counted before it is counted each time.
      let listing = try await shop.session.run { try UpdateListing.read($0, registry: registry) }
      #expect(listing.map(\.remaining) == [4_000])
    }
  }
}
