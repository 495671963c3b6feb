import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// Several workers on one database.
@Suite struct SharedWorkTests {
  private let registry = UpdateRegistry(handlers: [Counting()], declarations: [Numbers.backfill])

  private func backfill(_ condition: String) -> UpdateDeclaration {
    UpdateDeclaration(
      name: "double",
      kind: .backfill(
        .init(
          table: "numbers", key: ["a", "b"], condition: condition,
          sql: .init("UPDATE numbers SET double = 2 * b WHERE {range} AND \(condition)"))))
  }

  /// The same result as with one worker: each row once, one certificate, and nothing left over.
  @Test(arguments: TestDatabase.availableEngines, [2, 5])
  func aBackfillIsSharedOut(engine: Engine, workers: Int) async throws {
    try await Workshop.with(engine, numbers: 1_000, [Numbers.backfill.queueRow]) { shop in
      let summaries = try await withThrowingTaskGroup(of: UpdateRunner.Summary.self) { group in
        for _ in 0..<workers { group.addTask { try await shop.runner(registry, .fast(7)).run() } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(summaries.flatMap(\.completed) == ["double"])
      #expect(summaries.allSatisfy { $0.waiting.isEmpty })
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
      #expect(try await shop.values("SELECT count(*) FROM gradus_update_leases") == [0])
      let certificate = try await shop.session.run { try UpdateCertificate.read("double", on: $0) }
      #expect(certificate?.scanned == 1_000)
      #expect(certificate?.written == 1_000)
    }
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aRangeOfAWorkerThatIsGoneIsTakenOver() async throws {
    try await Workshop.with(.postgres, numbers: 300, [Numbers.backfill.queueRow]) { shop in
      // A worker takes a range, does one batch of it, and is never seen again.
      let work = try #require(registry.work(for: "double") as? any RangedWork)
      let lost = LeaseTerms(worker: "lost", duration: .seconds(3_600))
      var other: Session? = try await shop.place.open()
      try await other?.transaction { connection in
        let leases = RangeLeases(connection: connection, terms: lost)
        #expect(try leases.claim(work, rows: 40, rate: nil) == .range(part: 1, takenOverFrom: nil))
        let range = try #require(try leases.lock("double", 1, limits: TransactionLimits(lock: .seconds(1))))
        let result = try work.runBatch(range.progress, upTo: range.end, size: 10, on: connection)
        try leases.save(
          "double", 1, next: try #require(result.next),
          BatchCount(scanned: result.scanned, written: result.written), scanned: result.scanned)
      }
      let events = Events()
      async let summary = shop.runner(registry, .fast(20), report: events.report).run()
      // The others finish what they can, and wait for what it holds.
      _ = try await events.wait { if case .waiting(let reasons) = $0 { reasons["double"] } else { nil } }
      #expect(try await shop.values("SELECT count(*) FROM numbers WHERE double IS NULL") == [30])
      other = nil
      #expect(try await summary.completed == ["double"])
      let from = events.all.compactMap { if case .takenOver(_, let from) = $0 { from } else { nil } }
      #expect(from == ["lost"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
      #expect(try await shop.session.run { try UpdateCertificate.read("double", on: $0) }?.scanned == 300)
    }
  }

  /// A handler may say where its last batch came to, rather than that its range is done.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aRangeIsDoneWhereABatchComesToItsEnd() async throws {
    try await Workshop.with(.postgres, numbers: 100, [QueuedUpdate(name: "ranging")]) { (shop) async throws in
      let registry = UpdateRegistry(handlers: [Ranging()])
      #expect(try await shop.runner(registry, .fast(4)).run().completed == ["ranging"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
      #expect(try await shop.values("SELECT count(*) FROM gradus_update_leases") == [0])
      let certificate = try await shop.session.run { try UpdateCertificate.read("ranging", on: $0) }
      #expect(certificate?.scanned == 100)
      // Of all batches, not of the last one of each range.
      #expect(certificate?.batches == 25)
      #expect(certificate?.skipped == ["odd": 50])
    }
  }

  /// Two texts that are the same to Swift are two keys.
  @Test(arguments: TestDatabase.availableEngines)
  func keysAreComparedByBytes(engine: Engine) async throws {
    try await Workshop.with(engine, [Numbers.backfill.queueRow]) { shop in
      try await shop.session.run { connection in
        for (key, number) in [("e\u{301}", 1), ("\u{e9}", 1), ("\u{e9}", 2)] {
          try connection.execute(
            "INSERT INTO numbers (a, b) VALUES ($1, $2)", [.text(key), SQLValue(number)])
        }
      }
      #expect(try await shop.runner(registry, .fast(1)).run().completed == ["double"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  /// What the queue says of a shared update is where a program that knows nothing of ranges may go on.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func theQueueSaysUpToWhereAllIsDone() async throws {
    try await Workshop.with(.postgres, numbers: 100, [Numbers.backfill.queueRow]) { shop in
      let work = try #require(registry.work(for: "double") as? any RangedWork)
      func progress() async throws -> SQLValue {
        try await shop.values("SELECT progress_json FROM background_updates")[0]
      }
      var ends: [SQLValue] = []
      for part in 1...3 {
        try await shop.session.transaction { (connection) throws in
          let leases = RangeLeases(
            connection: connection, terms: LeaseTerms(worker: "\(part)", duration: .seconds(60)))
          #expect(
            try leases.claim(work, rows: 20, rate: nil) == .range(part: Int64(part), takenOverFrom: nil))
        }
        ends += try await shop.values("SELECT upper_key FROM gradus_update_leases WHERE part = \(part)")
      }
      #expect(Set(ends.map { "\($0)" }).count == 3)
      let start = try await progress()
      for (part, expected) in [(2, start), (1, ends[1]), (3, ends[2])] {
        try await shop.session.transaction { connection in
          let leases = RangeLeases(
            connection: connection, terms: LeaseTerms(worker: "\(part)", duration: .zero))
          try leases.finish("double", Int64(part), BatchCount(scanned: 20))
          try leases.passDone("double", rate: nil)
        }
        #expect(try await progress() == expected, "after part \(part)")
      }
      #expect(try await shop.values("SELECT count(*) FROM gradus_update_leases") == [0])
      #expect(try await shop.values("SELECT scanned FROM gradus_updates") == [60])
      // Nothing is done twice: the rest goes on after the last range.
      #expect(try await shop.runner(registry, .fast(7)).run().completed == ["double"])
      #expect(try await shop.values("SELECT count(*) FROM numbers WHERE double IS NULL") == [60])
      #expect(try await shop.session.run { try UpdateCertificate.read("double", on: $0) }?.scanned == 100)
    }
  }

  /// Whoever takes a range, with the queue's row locked, does not read all that is done behind one that takes long.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func doneRangesBehindALongOneAreLeftAlone() async throws {
    try await Workshop.with(.postgres, numbers: 100, [Numbers.backfill.queueRow]) { shop in
      let work = try #require(registry.work(for: "double") as? any RangedWork)
      let terms = LeaseTerms(worker: "one", duration: .seconds(60))
      let parts = { @Sendable (connection: Connection) throws -> [Int64]? in
        try RangeLeases(connection: connection, terms: terms).passDone("double", rate: nil)?.ranges.map(
          \.part)
      }
      try await shop.session.transaction { connection in
        let leases = RangeLeases(connection: connection, terms: terms)
        for _ in 1...6 { _ = try leases.claim(work, rows: 10, rate: nil) }
        var left: [[Int64]?] = [try parts(connection)]
        for done in [[3, 4], [2, 6], [1], [5]] as [[Int64]] {
          for part in done { try leases.finish("double", part, BatchCount(scanned: 10)) }
          left.append(try parts(connection))
        }
        #expect(left == [[1, 2, 3, 4, 5, 6], [1, 2, 5, 6], [1, 5, 6], [5, 6], []])
      }
      #expect(try await shop.values("SELECT scanned FROM gradus_updates") == [60])
      #expect(try await shop.runner(registry, .fast(7)).run().completed == ["double"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 60)
    }
  }

  /// A worker that was taken for dead finds out before its next batch commits anything.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aWorkerWithoutItsHoldWritesNothing() async throws {
    try await Workshop.with(
      .postgres, numbers: 100, [QueuedUpdate(name: "counting"), Numbers.backfill.queueRow]
    ) {
      shop in
      let (late, quick) = (
        LeaseTerms(worker: "late", duration: .zero), LeaseTerms(worker: "quick", duration: .seconds(60))
      )
      let work = try #require(registry.work(for: "double") as? any RangedWork)
      let limits = TransactionLimits(lock: .seconds(1))
      try await shop.session.transaction { (connection) throws in
        #expect(
          try UpdateLeases(connection: connection, terms: late).acquire("counting", preempts: false)
            == .acquired(takenOverFrom: nil))
        #expect(
          try RangeLeases(connection: connection, terms: late).claim(work, rows: 10, rate: nil)
            == .range(part: 1, takenOverFrom: nil))
      }
      try await Task.sleep(for: .milliseconds(5))
      try await shop.session.transaction { (connection) throws in
        #expect(
          try UpdateLeases(connection: connection, terms: quick).acquire("counting", preempts: false)
            == .acquired(takenOverFrom: "late"))
        #expect(
          try RangeLeases(connection: connection, terms: quick).claim(work, rows: 10, rate: nil)
            == .range(part: 1, takenOverFrom: "late"))
        #expect(
          try UpdateLeases(connection: connection, terms: late).acquire("counting", preempts: false)
            == .held(by: "quick"))
      }
      let executor = BatchExecutor(session: shop.session, terms: late, limits: limits, version: nil)
      let counting = try #require(registry.work(for: "counting"))
      let controller = BatchController(maxSize: 10)
      let (whole, _) = try await executor.run(
        counting, size: 1, controller: controller, target: 100, countsWaiters: false)
      let (range, _) = try await executor.run(
        work, part: 1, size: 1, controller: controller, target: 100, countsWaiters: false)
      for run in [whole, range] {
        guard case .unavailable = run.end else {
          Issue.record("a batch ran: \(run)")
          return
        }
      }
      #expect(try await shop.values("SELECT count(*) FROM numbers WHERE double IS NOT NULL") == [0])
    }
  }

  /// A program that knows nothing of ranges goes on at what the queue says, or queues the update again: what was cut
  /// before is not of that life.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func anUpdateThatAnotherProgramMovedIsCutAnew() async throws {
    let backfill = backfill("double IS NULL")
    let registry = UpdateRegistry(declarations: [backfill])
    try await Workshop.with(.postgres, numbers: 100, [backfill.queueRow]) { shop in
      let work = try #require(registry.work(for: "double") as? any RangedWork)
      let beginning = try await shop.values("SELECT progress_json FROM background_updates")[0]
      try await shop.session.transaction { connection in
        let leases = RangeLeases(
          connection: connection, terms: LeaseTerms(worker: "gone", duration: .zero))
        // The first range counts as done, the second is under way.
        for _ in 1...2 { _ = try leases.claim(work, rows: 20, rate: nil) }
        try leases.finish("double", 1, BatchCount(scanned: 20))
        let done = try leases.passDone("double", rate: nil)
        #expect(done != nil && done?.progress != beginning.text)
        try connection.execute("UPDATE background_updates SET progress_json = $1", [beginning])
      }
      #expect(try await shop.runner(registry, .fast(7)).run().completed == ["double"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  /// Who has the update's row of the queue, and waits for batches under way, is not waited for by them.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aRangesBatchDoesNotWaitForTheQueue() async throws {
    try await Workshop.with(.postgres, numbers: 100, [Numbers.backfill.queueRow]) { shop in
      let work = try #require(registry.work(for: "double") as? any RangedWork)
      let terms = LeaseTerms(worker: "one", duration: .seconds(60))
      try await shop.session.transaction { connection in
        _ = try RangeLeases(connection: connection, terms: terms).claim(work, rows: 20, rate: nil)
      }
      let other = try await shop.place.open()
      try await other.run { connection in
        try connection.execute("BEGIN")
        try connection.execute("SELECT 1 FROM background_updates FOR UPDATE")
      }
      let executor = BatchExecutor(
        session: shop.session, terms: terms, limits: TransactionLimits(lock: .milliseconds(200)), version: nil
      )
      for size in [15, 15] {
        _ = try await executor.run(
          work, part: 1, size: size, controller: BatchController(maxSize: 20), target: 100,
          countsWaiters: false)
      }
      #expect(try await shop.values("SELECT count(*) FROM numbers WHERE double IS NOT NULL") == [20])
      #expect(
        try await shop.values("SELECT CAST(progress = upper_key AS INTEGER) FROM gradus_update_leases") == [1]
      )
      try await other.run { try $0.execute("ROLLBACK") }
      #expect(try await shop.runner(registry, .fast(7)).run().completed == ["double"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
      #expect(try await shop.session.run { try UpdateCertificate.read("double", on: $0) }?.scanned == 100)
    }
  }

  /// Who stops after the last batch of a range leaves the queue where the range ends.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func whatIsDoneIsSeenInTheQueueWhenTheWorkersStop() async throws {
    try await Workshop.with(.postgres, numbers: 100, [Numbers.backfill.queueRow]) { shop in
      let environment = UpdateRunner.Environment.quiet
      // Eight batches are a range.
      let events = Counter()
      let summary = try await shop.runner(registry, .fast(5), environment) { event in
        guard case .batch = event else { return }
        events.increment()
        if events.count == 8 { environment.control.stop() }
      }.run()
      #expect(summary.isStopped)
      #expect(try await shop.values("SELECT count(*) FROM gradus_update_leases") == [0])
      #expect(try await shop.values("SELECT scanned FROM gradus_updates") == [40])
      #expect(try await shop.runner(registry).run().completed == ["double"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func independentUpdatesRunAtTheSameTime() async throws {
    // Each waits for the other's first batch: one after the other would never end.
    let meeting = Meeting(count: 2)
    let registry = UpdateRegistry(handlers: [Meeter(name: "first", meeting), Meeter(name: "second", meeting)])
    try await Workshop.with(.postgres, [QueuedUpdate(name: "first"), QueuedUpdate(name: "second")]) { shop in
      let pool = WorkerPool(database: shop.database, registry: registry, options: .fast, workers: 2)
      let summary = try await pool.run()
      #expect(summary.completed.sorted() == ["first", "second"])
      #expect(meeting.isComplete)
    }
  }

  /// On SQLite one runs and the others wait, and take over when it is gone.
  @Test func onSQLiteTheOthersWait() async throws {
    try await Workshop.with(.sqlite, numbers: 100, [Numbers.backfill.queueRow]) { shop in
      var turn = WorkerTurn(shop.database.driver)
      #expect(try turn.begin() == nil)
      let events = Events()
      async let summary = shop.runner(registry, report: events.report).run()
      let reasons = try await events.wait { if case .waiting(let reasons) = $0 { reasons } else { nil } }
      #expect(reasons["double"]?.hasPrefix("another worker has it: ") == true)
      #expect(try await shop.values("SELECT count(*) FROM numbers WHERE double IS NOT NULL") == [0])
      // Who completes in the foreground does not wait: batches take turns anyhow.
      #expect(try await shop.runner(registry, preempts: true).run().completed == ["double"])
      turn.end()
      #expect(try await summary.completed == [])
    }
  }

  /// Rows that a writer who knows nothing of the update adds behind it are found when the key has been walked.
  @Test(arguments: TestDatabase.availableEngines)
  func rowsLeftBehindAreWalkedAgain(engine: Engine) async throws {
    let backfill = backfill("double IS NULL")
    try await Workshop.with(engine, numbers: 100, [backfill.queueRow]) { shop in
      let pacing = UpdatePacing.calling { iteration in
        guard iteration == 3 else { return }
        try await shop.session.run { _ = try $0.execute("INSERT INTO numbers (a, b) VALUES ('a', 5)") }
      }
      let runner = try await shop.runner(UpdateRegistry(declarations: [backfill]), .fast(30), .quiet(pacing))
      #expect(try await runner.run().completed == ["double"])
      #expect(try await shop.values("SELECT count(*) FROM numbers") == [101])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
      let certificate = try await shop.session.run { try UpdateCertificate.read("double", on: $0) }
      #expect(certificate?.verified == "no row is left where double IS NULL")
    }
  }

  /// Rows that the statement cannot satisfy do not send it round for ever.
  @Test(arguments: TestDatabase.availableEngines)
  func rowsThatStayLeftPark(engine: Engine) async throws {
    let backfill = backfill("b >= 0")
    try await Workshop.with(engine, numbers: 50, [backfill.queueRow]) { shop in
      let waiting = try await shop.runner(UpdateRegistry(declarations: [backfill]), .fast(30, attempts: 1))
        .run().waiting
      #expect(waiting["double"]?.contains("rows are left where b >= 0") == true, "\(waiting)")
    }
  }
}

/// Doubles numbers from 0 up, in ranges whose last batch says where it came to.
private struct Ranging: RangedUpdateHandler {
  struct Progress: UpdateProgress, Codable, Equatable {
    /// How many numbers are done.
    var count: Int?
  }
  let name = "ranging"

  private func double(_ numbers: Range<Int>, on connection: Connection) throws -> BatchResult<Progress> {
    let written = try connection.execute(
      "UPDATE numbers SET double = coalesce(double, 0) + 2 * b WHERE b >= $1 AND b < $2",
      [SQLValue(numbers.lowerBound), SQLValue(numbers.upperBound)])
    return BatchResult(
      next: Progress(count: numbers.upperBound), scanned: numbers.count, written: written,
      skipped: ["odd": numbers.count { $0 % 2 == 1 }])
  }

  private func total(_ connection: Connection) throws -> Int {
    Int(try connection.queryRow("SELECT count(*) FROM numbers")!.integer(0))
  }

  func runBatch(_ progress: Progress, upTo end: Progress?, size: Int, on connection: Connection) throws
    -> BatchResult<Progress>
  {
    let (start, end) = (progress.count ?? 0, try end?.count ?? total(connection))
    guard start < end else { return .end }
    return try double(start..<min(start + size, end), on: connection)
  }

  func nextRange(past progress: Progress, rows: Int, on connection: Connection) throws -> UpdateRange<
    Progress
  >? {
    let (start, end) = (progress.count ?? 0, try total(connection))
    guard start < end else { return nil }
    let next = min(start + rows, end)
    return UpdateRange(start: progress, end: Progress(count: next), rows: next - start)
  }
}
