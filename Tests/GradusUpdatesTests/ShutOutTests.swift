import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// A version past which the compat version has risen, as whoever raised it did not see its announcement.
@Suite struct ShutOutTests {
  private static let index = UpdateDeclaration(
    name: "index", kind: .index(.init(name: "ix", table: "numbers", columns: ["b"])))
  private let registry = UpdateRegistry(
    handlers: [Counting()], declarations: [Numbers.backfill, ShutOutTests.index])

  private func environment(_ version: Int, _ pacing: UpdatePacing = UpdatePacing())
    -> UpdateRunner.Environment
  {
    UpdateRunner.Environment(pacing: pacing, version: version, logger: .silent)
  }

  /// Whichever way an update is run.
  @Test(arguments: TestDatabase.availableEngines, ["counting", "double", "index"])
  func itTakesNothingUp(engine: Engine, name: String) async throws {
    try await Workshop.with(engine, numbers: 10, [QueuedUpdate(name: name)]) { shop in
      try await shop.session.transaction { try BookkeepingTables.setCompat(87, on: $0) }
      let older = try await shop.runner(registry, .fast, environment(86))
      let error = await #expect(throws: GradusError.self) { try await older.run() }
      #expect(error?.code == .databaseTooNew)
      #expect(try await shop.values("SELECT update_name FROM gradus_update_certificates").isEmpty)
      #expect(try await shop.values("SELECT parked_reason FROM gradus_update_controls").isEmpty)
      #expect(try await shop.values("SELECT count(*) FROM numbers WHERE double IS NOT NULL") == [0])
      #expect(try await shop.runner(registry, .fast, environment(87)).run().completed == [name])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func itEndsWithinABatch(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 100, [Numbers.backfill.queueRow]) { shop in
      let pacing = UpdatePacing.calling { iteration in
        guard iteration == 3 else { return }
        try await shop.session.transaction { try BookkeepingTables.setCompat(87, on: $0) }
      }
      let older = try await shop.runner(registry, .fast(10), environment(86, pacing))
      let error = await #expect(throws: GradusError.self) { try await older.run() }
      #expect(error?.code == .databaseTooNew)
      #expect(try await shop.values("SELECT count(*) FROM numbers WHERE double IS NOT NULL") == [20])
      #expect(try await shop.runner(registry, .fast, environment(87)).run().completed == ["double"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  /// On PostgreSQL it may rise while a batch waits for its row of the queue, which says then what was before, or works.
  @Test(
    .enabled(if: TestDatabase.availableEngines.contains(.postgres)),
    arguments: [("counting", "background_updates"), ("double", "numbers")])
  func itsBatchIsRolledBack(name: String, lockedTable: String) async throws {
    try await Workshop.with(.postgres, numbers: 10, [QueuedUpdate(name: name)]) { shop in
      let older = try await shop.runner(registry, .fast, environment(86))
      let error = await #expect(throws: GradusError.self) {
        try await shop.session.withOpenTransaction(
          { _ = try $0.query("SELECT 1 FROM \(lockedTable) FOR UPDATE") },
          then: { try BookkeepingTables.setCompat(87, on: $0) }
        ) { _ = try await older.run() }
      }
      #expect(error?.code == .databaseTooNew)
      #expect(try await shop.values("SELECT count(*) FROM numbers WHERE double IS NOT NULL") == [0])
      #expect(try await shop.values("SELECT count(*) FROM gradus_updates WHERE batches > 0") == [0])
      #expect(try await shop.runner(registry, .fast, environment(87)).run().completed == [name])
    }
  }

  /// While a port fills a database no version is admitted, and its own workers complete what its schema has queued.
  @Test(arguments: TestDatabase.availableEngines)
  func aPortsOwnWorkersAreNotShutOut(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 10, [Numbers.backfill.queueRow]) { shop in
      try await shop.session.transaction { try BookkeepingTables.setCompat(Admission.portSeal, on: $0) }
      #expect(try await shop.runner(registry, .fast, environment(86)).run().completed == ["double"])
    }
  }
}
