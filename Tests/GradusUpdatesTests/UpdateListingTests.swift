import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

@Suite struct UpdateListingTests {
  /// The queue's column holds the first dependency only, which may be complete while another is not.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsQueuedIsWaitedFor(engine: Engine) async throws {
    let script = UpdateDeclaration.Kind.sql(.init("SELECT 1;"))
    let first = UpdateDeclaration(name: "a", kind: script)
    let second = UpdateDeclaration(name: "b", kind: script)
    let third = UpdateDeclaration(name: "c", kind: script, dependsOn: ["a", "b"])
    let registry = UpdateRegistry(declarations: [first, second, third])
    try await Workshop.with(engine, [first, second, third].map(\.queueRow)) { (shop) async throws in
      func waiting() async throws -> [String: String?] {
        let listings = try await shop.session.run { try UpdateListing.read($0, registry: registry) }
        return Dictionary(uniqueKeysWithValues: listings.map { ($0.entry.name, $0.waitsFor) })
      }
      func complete(_ name: String) async throws {
        try await shop.session.run { connection in
          _ = try connection.execute(
            "DELETE FROM background_updates WHERE update_name = $1", [.text(name)])
        }
      }
      #expect(try await waiting() == ["a": nil, "b": nil, "c": "a"])
      try await complete("a")
      #expect(try await waiting() == ["b": nil, "c": "b"])
      try await complete("b")
      #expect(try await waiting() == ["c": nil])
    }
  }

  private struct Endless: UpdateHandler {
    let name = "endless"

    func runBatch(_ progress: NoProgress, size: Int, on connection: Connection) throws
      -> BatchResult<NoProgress>
    { .end }

    func estimateRemaining(_ progress: NoProgress, on connection: Connection) throws -> Int? { Int.max }
  }

  /// It is added to what the ranges of workers have left.
  @Test(arguments: TestDatabase.availableEngines)
  func anyNumberOfRowsMayBeLeft(engine: Engine) async throws {
    let registry = UpdateRegistry(handlers: [Endless()])
    try await Workshop.with(engine, [QueuedUpdate(name: "endless")]) { shop in
      let remaining = try await shop.session.run { connection in
        try connection.execute(
          """
          INSERT INTO gradus_update_leases (update_name, part, progress, upper_key, remaining, expires_at)
          VALUES ('endless', 1, '{}', '{"a":1}', 7, 0)
          """)
        return try UpdateListing.read(connection, registry: registry).map(\.remaining)
      }
      #expect(remaining == [Int.max])
    }
  }
}
