import Gradus
import GradusSQL
import GradusTestSupport
import Synchronization
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

  /// Each is a round trip to a server.
  @Test(arguments: TestDatabase.availableEngines)
  func moreUpdatesCostNoMoreStatements(engine: Engine) async throws {
    func statements(updates count: Int) async throws -> Int {
      let indexes = (0..<count).map { number in
        UpdateDeclaration(
          name: "index \(number)",
          kind: .index(.init(name: "numbers_\(number)", table: "numbers", columns: ["b"])))
      }
      let registry = UpdateRegistry(declarations: indexes)
      let statements = Mutex(0)
      try await Workshop.with(engine, indexes.map(\.queueRow)) { shop in
        let driver = CountingDriver(shop.place.driver)
        let session = try await Session.open(driver)
        driver.reset()
        let listings = try await session.run { try UpdateListing.read($0, registry: registry) }
        #expect(listings.count == count)
        statements.withLock { $0 = driver.statements.count }
      }
      return statements.withLock { $0 }
    }
    let few = try await statements(updates: 2)
    #expect(few > 0)
    #expect(try await statements(updates: 12) == few)
  }

  private struct Asked: UpdateHandler {
    let name: String
    let asked = Counter()

    func runBatch(_ progress: NoProgress, size: Int, on connection: Connection) throws
      -> BatchResult<NoProgress>
    { .end }

    func estimateRemaining(_ progress: NoProgress, on connection: Connection) throws -> Int? {
      asked.increment()
      return 7
    }
  }

  /// To count may take long.
  @Test(arguments: TestDatabase.availableEngines)
  func whoWantsToKnowOfOneAsksNoOther(engine: Engine) async throws {
    let (wanted, other) = (Asked(name: "wanted"), Asked(name: "other"))
    let registry = UpdateRegistry(handlers: [wanted, other])
    try await Workshop.with(engine, ["wanted", "other"].map { QueuedUpdate(name: $0) }) { shop in
      let estimate = try await UpdateEstimate.remaining(["wanted"], registry: registry, on: shop.session)
      #expect(estimate.rows == 7)
    }
    #expect(wanted.asked.count == 1)
    #expect(other.asked.count == 0)
  }

  /// What the workers of ranges have done, and what they have left, belongs to their own update.
  @Test(arguments: TestDatabase.availableEngines)
  func eachUpdateHasItsOwnRanges(engine: Engine) async throws {
    let registry = UpdateRegistry(handlers: [Asked(name: "a"), Asked(name: "b")])
    try await Workshop.with(engine, ["a", "b"].map { QueuedUpdate(name: $0) }) { shop in
      let listings = try await shop.session.run { connection in
        try connection.execute(
          """
          INSERT INTO gradus_updates (update_name, scanned, started_at, updated_at) VALUES ('a', 100, 1, 1)
          """)
        try connection.execute(
          """
          INSERT INTO gradus_update_leases (update_name, part, progress, upper_key, remaining, scanned, expires_at)
          VALUES ('a', 1, '{}', '{"x":1}', 3, 10, 0), ('a', 2, '{}', '{"x":2}', 4, 20, 0),
            ('b', 1, '{}', '{"x":1}', 5, 1, 0)
          """)
        return try UpdateListing.read(connection, registry: registry)
      }
      #expect(listings.map(\.remaining) == [14, 12])
      #expect(listings.map(\.statistics.done.scanned) == [130, 1])
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

  /// Others may write Gradus's tables: none of their numbers ends a process that adds to it, or makes a size of it.
  @Test(arguments: TestDatabase.availableEngines)
  func anyNumbersMayBeStored(engine: Engine) async throws {
    let infinity = engine == .sqlite ? "9e999" : "'Infinity'"
    let numbers = "\(Int64.max), \(Int64.min), 1, \(infinity), '{\"odd\": \(Int64.max)}'"
    try await Workshop.with(engine, [QueuedUpdate(name: "endless")]) { (shop) async throws in
      let (counts, rate, certificate) = try await shop.session.run { connection in
        try connection.execute(
          """
          INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, skipped, started_at,
            updated_at, average_rows, average_ms, batch_size)
          VALUES ('endless', \(numbers), 1, 1, \(infinity), \(infinity), 1)
          """)
        try connection.execute(
          """
          INSERT INTO gradus_update_certificates (update_name, scanned, written, batches, duration_ms, skipped,
            completed_at, completed_by, verified)
          VALUES ('done', \(numbers), 1, 'somebody', 'nothing')
          """)
        let listing = try UpdateListing.read(connection, registry: UpdateRegistry())[0]
        return (
          listing.statistics.done, listing.statistics.rate,
          try UpdateCertificate.read("done", on: connection)
        )
      }
      let most = 1 << 53
      #expect(
        counts
          == BatchCount(
            scanned: most, written: 0, batches: 1, skipped: ["odd": most], milliseconds: Double(most)))
      #expect(rate == nil)
      #expect(certificate?.scanned == most && certificate?.milliseconds == Double(most))
    }
  }
}
