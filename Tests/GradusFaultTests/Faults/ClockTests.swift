import Gradus
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

@testable import GradusUpdates

/// Clocks that jump by hours. Durations and pauses are of a clock that does not; what is left are times that others have
/// written: they are written here as a clock of yesterday or of tomorrow would have.
@Suite struct ClockTests {
  /// In milliseconds.
  private static let jumps = [-86_400_000, -7_200_000, 7_200_000, 86_400_000]

  private static func now(_ engine: Engine) -> String { UpdateLeases.now(engine) }

  /// A hold of a worker that is gone must not last until the clock is where it was. Its server process is this test's, so
  /// that time alone decides.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), arguments: jumps)
  func aHoldOfAnotherTime(jump: Int) async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await database.open()
      let holder = LeaseTerms(worker: "holder", duration: .seconds(30))
      let other = LeaseTerms(worker: "other", duration: .seconds(30))
      try await session.run { connection in
        try BookkeepingTables.ensure(connection)
        let taken = try UpdateLeases(connection: connection, terms: holder).acquire("work", preempts: false)
        #expect(taken == .acquired(takenOverFrom: nil))
        // Before the jump one keeps the other off.
        #expect(
          try UpdateLeases(connection: connection, terms: other).acquire("work", preempts: false)
            == .held(by: "holder"))
        try connection.execute(
          "UPDATE gradus_update_leases SET expires_at = expires_at + $1", [SQLValue(jump)])
        #expect(
          try UpdateLeases(connection: connection, terms: other).acquire("work", preempts: false)
            == .acquired(takenOverFrom: "holder"))
        // There is one holder: who had it finds out.
        #expect(
          try UpdateLeases(connection: connection, terms: holder).acquire("work", preempts: false)
            == .held(by: "other"))
      }
    }
  }

  /// The longest hold that can be asked for is one.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func theLongestHold() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      try await database.open().run { connection in
        try BookkeepingTables.ensure(connection)
        let holder = LeaseTerms(worker: "holder", duration: .seconds(1_000_000))
        _ = try UpdateLeases(connection: connection, terms: holder).acquire("work", preempts: false)
        let other = LeaseTerms(worker: "other", duration: .seconds(30))
        #expect(
          try UpdateLeases(connection: connection, terms: other).acquire("work", preempts: false)
            == .held(by: "holder"))
      }
    }
  }

  /// Rows of workers from the past and from the future are of none that lives, and go.
  @Test(arguments: TestDatabase.availableEngines, jumps)
  func aWorkerOfAnotherTime(engine: Engine, jump: Int) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().run { connection in
        try BookkeepingTables.ensure(connection)
        func row(_ name: String) -> WorkerRow {
          WorkerRow(worker: name, startedAt: 0, seenAt: 0, update: nil, state: "running", health: [])
        }
        try row("lost").write(connection)
        #expect(try WorkerRow.readAll(connection).map(\.worker) == ["lost"])
        try connection.execute("UPDATE gradus_workers SET seen_at = seen_at + $1", [SQLValue(jump)])
        #expect(try WorkerRow.readAll(connection).isEmpty)
        try row("alive").write(connection)
        #expect(try connection.query("SELECT worker FROM gradus_workers").map { try $0.text(0) } == ["alive"])
      }
    }
  }

  /// When a worker began is told by the same clock as when it was seen.
  @Test(arguments: TestDatabase.availableEngines, jumps)
  func aWorkerOfAHostWithAnotherClock(engine: Engine, jump: Int) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().run { connection in
        try BookkeepingTables.ensure(connection)
        let now = ProcessIdentity.now + Int64(jump)
        try WorkerRow(
          worker: "w", startedAt: now - 60_000, seenAt: now, update: nil, state: "running", health: []
        ).write(connection)
        let row = try #require(try WorkerRow.readAll(connection).first)
        // The clock is read for either, and may have moved between.
        #expect((60_000..<61_000).contains(row.seenAt - row.startedAt))
      }
    }
  }

  /// Whatever times the tables hold, a life goes on to its end.
  @Test(arguments: TestDatabase.availableEngines, jumps)
  func aLifeAfterAJump(engine: Engine, jump: Int) async throws {
    let tree = try TemporarySchema.manyDeltas(customers: 40, orders: 160, deltas: 2)
    let life = try Life(tree)
    let expected = try await life.expected(engine)
    try await TestDatabase.withDatabase(engine) { database in
      // Broken off in the backfill, as all records of time are in use then.
      let interrupted = try Interrupted(life).run(database.driver)
      await #expect(throws: CancellationError.self) { try await interrupted.value }
      var changed: [String: Int] = [:]
      for (table, columns) in [
        ("gradus_updates", ["started_at", "updated_at"]), ("gradus_update_leases", ["expires_at"]),
        ("gradus_deltas", ["applied_at"]),
      ] {
        for column in columns {
          let rows = try await database.execute("UPDATE \(table) SET \(column) = \(column) + (\(jump))")
          changed[table, default: 0] += rows
        }
      }
      // Of what several workers could share, the first range may not be done yet.
      let ofUpdates = changed["gradus_updates", default: 0] + changed["gradus_update_leases", default: 0]
      #expect(changed["gradus_deltas", default: 0] > 0 && ofUpdates > 0, "\(changed)")
      try await life.run(database.driver)
      DatabaseDump.expectEqual(try await Life.result(database), expected, seed: 0)
      let certificates = "SELECT count(*) FROM gradus_update_certificates WHERE duration_ms < 0"
      #expect(try await database.values(certificates) == [0])
    }
  }
}

/// A life that is cancelled in its first batches.
private struct Interrupted {
  private var life: Life

  init(_ life: Life) { self.life = life }

  func run(_ driver: any Driver) throws -> Task<Void, any Error> {
    var life = life
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    // The twelfth moment is well into the backfill of this tree.
    life.moment = { if $0 == 12 { continuation.finish() } }
    let lived = life
    return Task {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await lived.run(driver) }
        group.addTask {
          for await _ in stream {}
          throw CancellationError()
        }
        defer { group.cancelAll() }
        try await group.next()
      }
    }
  }
}
