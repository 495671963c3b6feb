import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus
@testable import GradusUpdates

/// An update that another program, which knows nothing of Gradus's tables, has taken off the queue, and that is queued
/// again.
@Suite struct QueuedAgainTests {
  enum Way: CaseIterable, Sendable { case migration, purge, job }

  private static func queue(_ way: Way, on connection: Connection) throws {
    switch way {
    case .migration: try BookkeepingWriter(connection: connection).queue(Numbers.backfill.queueRow)
    case .purge: try BookkeepingWriter(connection: connection).queueAnew(Numbers.backfill.queueRow)
    case .job: try AdminJobRow("double").queue(on: connection)
    }
  }

  /// Cuts ranges, which a worker has that is never seen again.
  private static func cut(
    _ count: Int64, of work: any RangedWork, on connection: Connection
  ) throws -> RangeLeases {
    let leases = RangeLeases(
      connection: connection, terms: LeaseTerms(worker: "gone", duration: .seconds(60)))
    for part in 1...count {
      #expect(try leases.claim(work, rows: 20, rate: nil) == .range(part: part, takenOverFrom: nil))
    }
    return leases
  }

  /// It begins at its beginning, not past the last range that was cut.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), arguments: Way.allCases)
  func beginsAtItsBeginning(way: Way) async throws {
    let registry = UpdateRegistry(declarations: [Numbers.backfill])
    try await Workshop.with(.postgres, numbers: 100, [Numbers.backfill.queueRow]) { shop in
      let work = try #require(registry.work(for: "double") as? any RangedWork)
      try await shop.session.transaction { connection in
        let leases = try Self.cut(2, of: work, on: connection)
        try leases.finish("double", 2, BatchCount(scanned: 20))
        try QueueControls(connection).park("double", reason: "of that time")
        try connection.execute("DELETE FROM background_updates")
        try Self.queue(way, on: connection)
      }
      #expect(try await shop.runner(registry).run().completed == ["double"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
      #expect(try await shop.session.run { try UpdateCertificate.read("double", on: $0) }?.scanned == 100)
    }
  }

  /// A program that knows nothing of ranges has ended it and queued it again, with the progress that it had at first.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func byAnotherProgramWithTheSameProgress() async throws {
    let registry = UpdateRegistry(declarations: [Numbers.backfill])
    let row = Numbers.backfill.queueRow
    try await Workshop.with(.postgres, numbers: 100, [row]) { shop in
      let work = try #require(registry.work(for: "double") as? any RangedWork)
      try await shop.session.transaction { connection in
        let leases = try Self.cut(3, of: work, on: connection)
        for part in 2...3 { try leases.finish("double", Int64(part), BatchCount(scanned: 20)) }
        try connection.execute("DELETE FROM background_updates")
        try connection.execute(
          "INSERT INTO background_updates (update_name, progress_json) VALUES ($1, $2)",
          [.text(row.name), .text(row.progress)])
      }
      #expect(try await shop.runner(registry).run().completed == ["double"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  /// A release in which workers could share it has left a range: to one that walks through it as a whole that is no work.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), .timeLimit(.minutes(1)))
  func whatIsNoLongerSharedEnds() async throws {
    try await Workshop.with(.postgres, [QueuedUpdate(name: "counting")]) { shop in
      try await shop.session.run { connection in
        try connection.executeScript(
          """
          INSERT INTO gradus_guard_triggers (name, migration, table_name, update_name)
          VALUES ('guard', 'migration', 'numbers', 'counting');
          INSERT INTO gradus_update_leases (update_name, part, progress, upper_key, expires_at)
          VALUES ('counting', 1, '{"batches":1}', '{"batches":3}', 0);
          """)
      }
      let summary = try await shop.runner(UpdateRegistry(handlers: [Counting()])).run()
      #expect(summary.completed == ["counting"])
      #expect(try await shop.values("SELECT count(*) FROM gradus_update_leases") == [0])
    }
  }

  /// Its certificate, which the migration step issues of a constraint, holds nothing of an earlier one.
  @Test(arguments: TestDatabase.availableEngines)
  func anEarlierCertificateLeavesNothing(engine: Engine) async throws {
    try await Workshop.with(engine, [QueuedUpdate(name: "counting")]) { shop in
      let summary = try await shop.runner(UpdateRegistry(handlers: [Counting()])).run()
      #expect(summary.completed == ["counting"])
      let certificate = try await shop.session.transaction { connection in
        try BookkeepingWriter(connection: connection).certify(
          update: "counting", version: 2, ConstraintOutcome(scanned: 7, deleted: 0, verified: "all do"),
          duration: .zero)
        return try UpdateCertificate.read("counting", on: connection)
      }
      let found = try #require(certificate)
      #expect(found.scanned == 7 && found.batches == 0 && found.startedAt == nil && found.skipped == [:])
    }
  }

  /// Deletes the row of an update and inserts one anew, as an operator does by hand.
  private static func insertAnew(_ name: String, _ progress: String, in shop: Workshop) async throws {
    try await shop.session.transaction { connection in
      try connection.execute("DELETE FROM background_updates")
      try Numbers.queue(connection, QueuedUpdate(name: name, progress: progress))
    }
  }

  private static func parkedReasons(_ shop: Workshop) async throws -> [String?] {
    try await shop.session.run { try UpdateQueue(connection: $0).load().map(\.parkedReason) }
  }

  /// One that was parked runs where somebody has inserted it with another progress: also past the one at which it was
  /// parked before.
  @Test(arguments: TestDatabase.availableEngines)
  func aParkingGoesWithItsRow(engine: Engine) async throws {
    let registry = UpdateRegistry(handlers: [Counting()])
    let parked = QueuedUpdate(name: "counting", progress: Counting.Progress(batches: 2).json)
    try await Workshop.with(engine, [parked]) { shop in
      try await shop.control { try $0.park("counting", reason: "of that time") }
      #expect(try await shop.runner(registry).run().waiting == ["counting": "parked: of that time"])
      try await Self.insertAnew("counting", "{}", in: shop)
      #expect(try await Self.parkedReasons(shop) == [nil])
      #expect(try await shop.runner(registry).run().completed == ["counting"])
    }
  }

  /// With the same progress nothing tells it from the one that was parked; and an earlier release did not note where.
  @Test(arguments: TestDatabase.availableEngines)
  func theSameProgressStaysParked(engine: Engine) async throws {
    let registry = UpdateRegistry(handlers: [Counting()])
    try await Workshop.with(engine, [QueuedUpdate(name: "counting")]) { shop in
      try await shop.control { try $0.park("counting", reason: "of that time") }
      try await Self.insertAnew("counting", "{}", in: shop)
      #expect(try await Self.parkedReasons(shop) == ["of that time"])
      try await shop.session.run { connection in
        _ = try connection.execute("UPDATE gradus_update_controls SET parked_progress = NULL")
        try connection.execute("UPDATE background_updates SET progress_json = '{\"batches\":1}'")
      }
      #expect(try await shop.runner(registry).run().waiting == ["counting": "parked: of that time"])
      try await shop.control { _ = try $0.retry("counting") }
      #expect(try await shop.runner(registry).run().completed == ["counting"])
    }
  }

  private static func knownNames(_ shop: Workshop) async throws -> [SQLValue] {
    try await shop.values("SELECT update_name FROM gradus_update_controls ORDER BY update_name")
  }

  /// What was said of one goes where a worker finds that another program has taken that off the queue, whose row it may put
  /// there again with the same progress.
  @Test(arguments: TestDatabase.availableEngines)
  func whatWasSaidGoesWithWhatIsNotQueued(engine: Engine) async throws {
    let registry = UpdateRegistry(handlers: [Counting()])
    try await Workshop.with(engine, [QueuedUpdate(name: "counting")]) { shop in
      try await shop.control { controls in
        try controls.pause("counting")
        try controls.park("counting", reason: "of that time")
        // It is of none.
        try controls.pause()
      }
      try await shop.session.run { _ = try $0.execute("DELETE FROM background_updates") }
      _ = try await shop.runner(registry).run()
      #expect(try await Self.knownNames(shop) == [.text(BookkeepingTables.allUpdates)])
      try await shop.control { try $0.resume() }
      try await shop.session.transaction { try Numbers.queue($0, QueuedUpdate(name: "counting")) }
      #expect(try await shop.runner(registry).run().completed == ["counting"])
    }
  }

  /// Ends in one batch, beside another program that takes an update off the queue.
  private struct Overlooking: UpdateHandler {
    let name = "overlooking"

    func runBatch(_ progress: NoProgress, size: Int, on connection: Connection) throws
      -> BatchResult<NoProgress>
    {
      try connection.execute("DELETE FROM background_updates WHERE update_name = 'counting'")
      return .end
    }
  }

  /// So it does beside a worker that is there all the time.
  @Test(arguments: TestDatabase.availableEngines)
  func whatWasSaidGoesWithWhatIsTakenOffMeanwhile(engine: Engine) async throws {
    let registry = UpdateRegistry(handlers: [Counting(), Overlooking()])
    let updates = ["counting", "overlooking"].map { QueuedUpdate(name: $0) }
    try await Workshop.with(engine, updates) { shop in
      try await shop.control { controls in
        try controls.pause("counting")
        try controls.prioritize("counting", -1)
      }
      #expect(try await shop.runner(registry).run().completed == ["overlooking"])
      #expect(try await Self.knownNames(shop) == [])
    }
  }

  /// Nor is a shared update parked whose first range is cut where the one of an earlier row was.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aParkingGoesWithItsRanges() async throws {
    let registry = UpdateRegistry(declarations: [Numbers.backfill])
    let row = Numbers.backfill.queueRow
    try await Workshop.with(.postgres, numbers: 100, [row]) { shop in
      let work = try #require(registry.work(for: "double") as? any RangedWork)
      try await shop.session.transaction { connection in
        _ = try Self.cut(2, of: work, on: connection)
        try QueueControls(connection).park("double", reason: "of that time")
      }
      try await Self.insertAnew("double", row.progress, in: shop)
      #expect(try await shop.runner(registry).run().completed == ["double"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  /// One that others have moved past what was done stays parked.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aParkingFollowsTheRanges() async throws {
    let registry = UpdateRegistry(declarations: [Numbers.backfill])
    try await Workshop.with(.postgres, numbers: 100, [Numbers.backfill.queueRow]) { shop in
      let work = try #require(registry.work(for: "double") as? any RangedWork)
      try await shop.session.transaction { connection in
        let leases = try Self.cut(2, of: work, on: connection)
        let before = try UpdateQueue(connection: connection).progress("double")
        try QueueControls(connection).park("double", reason: "broken")
        try leases.finish("double", 1, BatchCount(scanned: 20))
        #expect(try leases.passDone("double", rate: nil)?.progress != before)
      }
      #expect(try await Self.parkedReasons(shop) == ["broken"])
    }
  }

  /// One that is in the queue and begins anew counts from nothing; what operators say of it stays.
  @Test(arguments: TestDatabase.availableEngines)
  func whatBeginsAnewCountsFromNothing(engine: Engine) async throws {
    let registry = UpdateRegistry(declarations: [Numbers.backfill])
    try await Workshop.with(engine, numbers: 100, [Numbers.backfill.queueRow]) { shop in
      try await shop.session.transaction { connection in
        let queue = UpdateQueue(connection: connection)
        var statistics = UpdateStatistics()
        statistics.done.add(BatchCount(scanned: 40, written: 40, skipped: ["odd": 1]))
        try queue.save("double", statistics)
        try QueueControls(connection).prioritize("double", 7)
        try Self.queue(.purge, on: connection)
        #expect(try queue.statistics("double") == nil)
        #expect(try queue.load().map(\.priority) == [7])
      }
      #expect(try await shop.runner(registry).run().completed == ["double"])
      let certificate = try await shop.session.run { try UpdateCertificate.read("double", on: $0) }
      #expect(certificate?.scanned == 100 && certificate?.skipped == [:])
    }
  }

  /// So does a batch that waited for whoever had it begin anew: on SQLite nobody reads before he has waited.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), .timeLimit(.minutes(1)))
  func aBatchThatWaitedCountsFromNothing() async throws {
    try await Workshop.with(.postgres, [Numbers.backfill.queueRow]) { shop in
      try await shop.session.transaction { connection in
        var statistics = UpdateStatistics()
        statistics.done.add(BatchCount(scanned: 40, written: 40, skipped: ["odd": 1]))
        try UpdateQueue(connection: connection).save("double", statistics)
      }
      let found = try await Self.transaction(in: shop, beside: { try Self.queue(.purge, on: $0) }) {
        try UpdateQueue(connection: $0).lock(
          "double", worker: "worker", limits: TransactionLimits(lock: .seconds(60)))?.statistics
      }
      #expect(found == UpdateStatistics())
    }
  }

  /// Does something in a transaction, while another has done something and commits once somebody waits for it.
  private static func transaction<R: Sendable>(
    in shop: Workshop, beside work: @escaping @Sendable (Connection) throws -> Void,
    _ body: @escaping @Sendable (Connection) throws -> R
  ) async throws -> R {
    try await shop.place.open().withOpenTransaction(work) { try await shop.session.transaction(.write, body) }
  }

  /// One that is queued while its last batch is about to end is there afterwards.
  @Test(
    .enabled(if: TestDatabase.availableEngines.contains(.postgres)), .timeLimit(.minutes(1)),
    arguments: [Way.migration, .purge])
  func besideABatchThatEndsIt(way: Way) async throws {
    try await Workshop.with(.postgres, [Numbers.backfill.queueRow]) { shop in
      let ending = { @Sendable (connection: Connection) in
        _ = try connection.execute("DELETE FROM background_updates")
      }
      try await Self.transaction(in: shop, beside: ending) { try Self.queue(way, on: $0) }
      #expect(try await shop.session.run { try UpdateQueue(connection: $0).progress("double") } != nil)
    }
  }

  /// A batch that reads by a snapshot of before would not see what whoever held it off has done: it fails, and begins anew.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), .timeLimit(.minutes(1)))
  func aBatchOfAnEarlierSnapshotFails() async throws {
    try await Workshop.with(.postgres, [Numbers.backfill.queueRow]) { shop in
      let purging = { @Sendable (connection: Connection) in
        _ = try BookkeepingWriter(connection: connection).holdOff(update: "double")
      }
      let error = await #expect(throws: SQLError.self) {
        _ = try await Self.transaction(in: shop, beside: purging) { connection in
          try connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
          return try UpdateQueue(connection: connection).progress("double") != nil
            && UpdateQueue(connection: connection).lock(
              "double", worker: "worker", limits: TransactionLimits(lock: .seconds(60))) != nil
        }
      }
      #expect(error?.code == .serializationFailure)
    }
  }

  /// What was said and counted of it is forgotten; of one that is in the queue it stays.
  @Test(arguments: TestDatabase.availableEngines)
  func whatWasKnownIsForgotten(engine: Engine) async throws {
    try await Workshop.with(engine, [Numbers.backfill.queueRow]) { shop in
      @Sendable func known(_ connection: Connection) throws -> [Int64] {
        try ["gradus_updates", "gradus_update_leases", "gradus_update_controls"].map {
          try connection.queryRow("SELECT count(*) FROM \($0)")![0].integer!
        }
      }
      try await shop.session.transaction { (connection) throws in
        try UpdateQueue(connection: connection).save("double", UpdateStatistics())
        try connection.execute(
          "INSERT INTO gradus_update_leases (update_name, part, progress, upper_key, expires_at) VALUES ('double', 1, '1', '2', 0)"
        )
        try QueueControls(connection).park("double", reason: "of that time")
        try Self.queue(.migration, on: connection)
        #expect(try known(connection) == [1, 1, 1])
        for way in Way.allCases {
          try connection.execute("DELETE FROM background_updates")
          try Self.queue(way, on: connection)
          #expect(try known(connection) == [0, 0, 0])
        }
      }
    }
  }
}
