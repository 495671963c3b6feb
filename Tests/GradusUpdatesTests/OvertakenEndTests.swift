import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus
@testable import GradusUpdates

/// An update whose result is looked at outside the transaction that ends it, while somebody else writes.
@Suite struct OvertakenEndTests {
  /// Has nothing to do; while it is looked at for the first time, another process's purge holds its batches off.
  private struct Overtaken: RangedUpdateHandler {
    typealias Progress = NoProgress

    let name = "overtaken"
    let looks = Counter()

    func nextRange(past progress: NoProgress, rows: Int, on connection: Connection) throws -> UpdateRange<
      NoProgress
    >? { nil }

    func runBatch(
      _ progress: NoProgress, upTo end: NoProgress?, size: Int, on connection: Connection
    ) throws -> BatchResult<NoProgress> { .end }

    func verify(on connection: Connection) throws -> String {
      looks.increment()
      if looks.count == 1 { try BookkeepingWriter(connection: connection).holdOff(update: name) }
      return "look \(looks.count)"
    }
  }

  /// What was found then may have been right before, and the purge has left the update where it stands, to go on from
  /// there. On SQLite an update's rows do not tell.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func itLooksAgain() async throws {
    try await Workshop.with(.postgres, [QueuedUpdate(name: "overtaken")]) { shop in
      let registry = UpdateRegistry(handlers: [Overtaken()])
      #expect(try await shop.runner(registry).run().completed == ["overtaken"])
      let certificate = try await shop.session.run { try UpdateCertificate.read("overtaken", on: $0) }
      #expect(certificate?.verified == "look 2")
    }
  }
}
