import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// Another session keeps rows of the queue or of the leases locked: PostgreSQL only, as SQLite has no locks of rows.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
struct LockedQueueTests {
  private let registry = UpdateRegistry(handlers: [Counting()], declarations: [Numbers.backfill])

  /// An update whose taking up meets a lock, and what holds that lock.
  struct Case: Sendable, CustomTestStringConvertible {
    let update: QueuedUpdate
    let lock: String
    var testDescription: String { update.name }
  }

  static let cases = [
    Case(update: Numbers.backfill.queueRow, lock: "SELECT 1 FROM background_updates FOR UPDATE"),
    Case(
      update: QueuedUpdate(name: "counting"),
      lock: "SELECT 1 FROM gradus_update_leases WHERE part = 0 FOR UPDATE"),
  ]

  private func waiting(_ limit: Duration) -> UpdateOptions {
    UpdateOptions(batches: UpdateOptions.fast.batches, lockTimeout: limit)
  }

  /// Runs a test while another session holds the lock.
  private func with(_ locked: Case, _ body: (Workshop, _ holder: Session) async throws -> Void) async throws {
    try await Workshop.with(.postgres, numbers: 30, [locked.update]) { shop in
      let holder = try await shop.place.open()
      try await holder.run { connection in
        try connection.execute(
          "INSERT INTO gradus_update_leases (update_name, part, expires_at) VALUES ('counting', 0, 0)")
        try connection.execute("BEGIN")
        try connection.execute(locked.lock)
      }
      try await body(shop, holder)
    }
  }

  @Test(arguments: cases)
  func aLockedUpdateIsTriedAgain(locked: Case) async throws {
    try await with(locked) { shop, holder in
      let events = Events()
      async let summary = shop.runner(registry, waiting(.milliseconds(50)), report: events.report).run()
      let reasons = try await events.wait { if case .waiting(let reasons) = $0 { reasons } else { nil } }
      #expect(reasons == [locked.update.name: WaitReason.locked.description])
      try await holder.run { _ = try $0.execute("ROLLBACK") }
      #expect(try await summary.completed == [locked.update.name])
      // A lock is no failure of the update.
      #expect(!events.all.contains { if case .failed = $0 { true } else { false } })
    }
  }

  /// However long a statement may wait.
  @Test(arguments: cases)
  func aStopBreaksOffTheWaitForALock(locked: Case) async throws {
    try await with(locked) { shop, holder in
      let environment = UpdateRunner.Environment.quiet
      async let summary = shop.runner(registry, waiting(.seconds(3_600)), environment).run(until: .forever)
      try await holder.run { try $0.waitUntilSomebodyWaits() }
      environment.control.stop()
      #expect(try await summary.isStopped)
      try await holder.run { _ = try $0.execute("ROLLBACK") }
    }
  }

  /// A database of an earlier release lacks a column, and somebody reads the table for long.
  private func whileATableWaitsToChange(_ body: (Workshop, Session) async throws -> Void) async throws {
    try await Workshop.with(.postgres, [QueuedUpdate(name: "counting")]) { shop in
      try await shop.session.run { _ = try $0.execute("ALTER TABLE gradus_updates DROP COLUMN batch_size") }
      let holder = try await shop.place.open()
      try await holder.run { connection in
        try connection.execute("BEGIN")
        try connection.execute("SELECT 1 FROM gradus_updates")
      }
      try await body(shop, holder)
    }
  }

  @Test(.timeLimit(.minutes(3))) func aStopBreaksOffTheWaitForATableThatChanges() async throws {
    try await whileATableWaitsToChange { shop, holder in
      let environment = UpdateRunner.Environment.quiet
      async let summary = shop.runner(registry, waiting(.seconds(3_600)), environment).run(until: .forever)
      try await holder.run { try $0.waitUntilSomebodyWaits() }
      environment.control.stop()
      #expect(try await summary.isStopped)
      try await holder.run { _ = try $0.execute("ROLLBACK") }
      #expect(try await shop.runner(registry).run().completed == ["counting"])
    }
  }

  /// A run that ends by itself does not wait for ever.
  @Test(.timeLimit(.minutes(3))) func aTableThatChangesIsWaitedForAsABatchWaits() async throws {
    try await whileATableWaitsToChange { shop, holder in
      let runner = try await shop.runner(registry, waiting(.milliseconds(50)))
      let error = await #expect(throws: SQLError.self) { try await runner.run() }
      #expect(error?.code == .lockTimeout)
      try await holder.run { _ = try $0.execute("ROLLBACK") }
    }
  }

  /// A row of its own that a worker shows to others.
  @Test func signingOnWaitsNoLongerThanABatch() async throws {
    try await Workshop.with(.postgres) { shop in
      try await shop.session.run { connection in
        try connection.executeScript(
          """
          CREATE TABLE waits (setting TEXT);
          CREATE FUNCTION note_wait() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO waits SELECT current_setting(''lock_timeout''); RETURN NEW; END';
          CREATE TRIGGER note_wait BEFORE INSERT ON gradus_workers FOR EACH ROW EXECUTE FUNCTION note_wait();
          """)
      }
      var options = waiting(.milliseconds(50))
      options.healthInterval = .nanoseconds(1)
      var health = WorkerHealth(options, latency: nil, worker: "any")
      // The first look shows nothing yet.
      for _ in 1...2 { _ = try await health.check(shop.session, update: nil) }
      #expect(try await shop.values("SELECT setting FROM waits") == ["50ms"])
    }
  }

  /// Who lets go of an update does not wait for long for who has its rows.
  @Test func aLockDoesNotKeepAWorkerFromLeaving() async throws {
    try await with(Self.cases[0]) { shop, holder in
      try await holder.run { _ = try $0.execute("ROLLBACK") }
      let control = RunControl()
      let pacing = UpdatePacing.calling { iteration in
        guard iteration == 2 else { return }
        try await holder.run { connection in
          try connection.execute("BEGIN")
          try connection.execute(Self.cases[0].lock)
        }
        control.stop()
      }
      let environment = UpdateRunner.Environment(control: control, pacing: pacing, logger: .silent)
      let start = ContinuousClock.now
      #expect(try await shop.runner(registry, .fast(5), environment).run().isStopped)
      // Five seconds are what any letting go is given.
      #expect(.now - start < .seconds(4))
      try await holder.run { _ = try $0.execute("ROLLBACK") }
      #expect(
        try await shop.values("SELECT holder FROM gradus_update_leases WHERE holder IS NOT NULL").isEmpty)
    }
  }
}
