import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Processes that serve, and leave changes of the schema to others.
@Suite struct NonMigratingStartTests {
  private func start(
    _ tree: TemporarySchema, _ version: Int, on session: Session, _ driver: any Driver
  ) async throws -> [String] {
    try await DatabaseMigrator(
      schema: try tree.definition(to: version), database: PhysicalDatabase(driver: driver),
      role: .nonMigrating
    ).migrate(on: session).steps.map(\.kind)
  }

  /// Both the older version that is put back and the newer one after it.
  @Test(arguments: TestDatabase.availableEngines)
  func aRollbackIsSeen(engine: Engine) async throws {
    let tree = try GuardTests.shop(guards: "")
    try await GuardTests.with(engine, tree) { session, place in
      func start(_ version: Int) async throws -> [String] {
        try await self.start(tree, version, on: session, place.driver)
      }
      #expect(try await start(2) == ["purge_stale"])
      #expect(try await start(2) == [])
      #expect(try await start(1) == ["forget_watermarks"])
      #expect(try await start(1) == [])
      try await session.run { _ = try $0.execute("INSERT INTO orders VALUES (4, 'ann', 5)") }
      #expect(try await start(2) == ["purge_stale"])
      let left = try await GuardTests.values("SELECT customer FROM totals ORDER BY 1", session)
      #expect(left == ["bob", "cat"])
      #expect(try await GuardTests.values("SELECT customer FROM totals_queue", session) == ["ann"])
      #expect(
        try await GuardTests.values("SELECT update_name FROM background_updates", session) == ["fill_totals"])
      #expect(try await start(2) == [])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUpToDateDatabaseCostsOneStatementAndNoWrite(engine: Engine) async throws {
    let tree = try GuardTests.shop(guards: "")
    try await GuardTests.with(engine, tree) { session, place in
      #expect(try await start(tree, 2, on: session, place.driver) == ["purge_stale"])
      let driver = CountingDriver(place.driver)
      let counted = try await Session.open(driver)
      driver.reset()
      #expect(try await start(tree, 2, on: counted, driver) == [])
      #expect(driver.statements.count == 1)
      #expect(driver.statements.first?.hasPrefix("SELECT") == true)
    }
  }

  /// Who may not serve the database yet changes nothing of it.
  @Test(arguments: TestDatabase.availableEngines)
  func whatHasToBeMigratedIsLeftAsItIs(engine: Engine) async throws {
    let tree = try GuardTests.shop(guards: "")
    try await GuardTests.with(engine, tree) { session, place in
      try await session.run { _ = try $0.execute("INSERT INTO orders VALUES (4, 'ann', 5)") }
      let error = await #expect(throws: GradusError.self) {
        _ = try await start(tree, 3, on: session, place.driver)
      }
      #expect(error?.code == .workerMayNotMigrate)
      #expect(error?.message.hasPrefix("this process, which does not migrate, expects") == true)
      #expect(try await GuardTests.values("SELECT version FROM schema_version", session) == [2])
      #expect(try await GuardTests.values("SELECT count(*) FROM totals", session) == [3])
    }
  }

  /// Another process may be migrating to a version that shuts this one out.
  @Test(arguments: TestDatabase.availableEngines)
  func itWaitsForWhoMigrates(engine: Engine) async throws {
    let tree = try GuardTests.shop(guards: "")
    try await GuardTests.with(engine, tree) { session, place in
      var poll = MigrationLockPoll(driver: place.driver)
      guard case .acquired(let lock) = try await poll.tryAcquire() else {
        Issue.record("the lock should be free")
        return
      }
      let migrator = DatabaseMigrator(
        schema: try tree.definition(to: 2), database: PhysicalDatabase(driver: place.driver),
        role: .nonMigrating, options: .init(lockTimeout: .zero))
      let error = await #expect(throws: GradusError.self) { try await migrator.migrate(on: session) }
      #expect(error?.code == .lockTimeout)
      await lock.release()
      #expect(try await migrator.migrate(on: session).steps.map(\.kind) == ["purge_stale"])
    }
  }
}
