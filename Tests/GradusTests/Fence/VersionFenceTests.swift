import Foundation
import GradusPostgres
import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

@Suite struct VersionFenceTests {
  @Test(arguments: TestDatabase.availableEngines)
  func waitsForTheEndOfShutOutProcesses(engine: Engine) async throws {
    try await FencedShop.with(engine) { shop in
      let old = try await shop.announce(1)
      let (migration, waits) = shop.startMigrating()
      var waiting = waits.makeAsyncIterator()
      let running = try #require(await waiting.next())
      #expect(running.map(\.version) == [1])
      #expect(try await shop.compat() == 1)
      // With the fence up, no further process of the old version starts, and those of admitted ones do.
      let refusal = try #require(
        await #expect(throws: GradusError.self) { _ = try await shop.announce(1) })
      #expect(refusal.code == .databaseTooNew)
      #expect(refusal.message.contains("is shutting out the versions below 2; this is version 1: "))
      #expect(refusal.message.contains(", since "))
      let admitted = try await shop.announce(2)
      let own = try await shop.announce(3)
      await old.release()
      #expect(try await !migration.value.isEmpty)
      #expect(await waiting.next() == nil)
      #expect(try await shop.compat() == 2)
      let late = try #require(
        await #expect(throws: GradusError.self) { _ = try await shop.announce(1) })
      #expect(late.code == .databaseTooNew)
      #expect(late.message.contains("may only be opened by schema version 2 or later"))
      #expect(try await shop.holders().map(\.version) == [2, 3])
      await admitted.release()
      await own.release()
      #expect(try await shop.holders().isEmpty)
    }
  }

  /// What the old version writes until its end is not there yet when the migration is planned.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsWrittenWhileItWaitsIsPurged(engine: Engine) async throws {
    try await FencedShop.with(engine) { shop in
      let session = try await shop.database.open()
      try await session.transaction { connection in
        try connection.execute("INSERT INTO customers VALUES ('ann'), ('bob')")
        try connection.execute("INSERT INTO orders VALUES (1, 'ann', 10), (2, 'bob', 20)")
        try connection.execute("INSERT INTO totals VALUES ('ann', 10, 1), ('bob', 20, 2)")
        try connection.execute("DELETE FROM background_updates")
      }
      // The first looks at all rows; to the second nothing is stale.
      try await shop.migrate(to: 2)
      #expect(try await shop.migrate(to: 2).isEmpty)
      let old = try await shop.announce(1)
      let (migration, waits) = shop.startMigrating()
      var waiting = waits.makeAsyncIterator()
      _ = try #require(await waiting.next())
      try await session.run { try $0.execute("INSERT INTO orders VALUES (3, 'ann', 5)") }
      await old.release()
      let kinds = try await migration.value.steps.map(\.kind)
      #expect(
        kinds == [
          "raise_compat", "purge_stale", "complete_updates", "certify", "record_version", "apply_delta",
        ])
      let left = try await session.run { try $0.query("SELECT customer FROM totals").map { $0[0] } }
      #expect(left == ["bob"])
    }
  }

  /// A killed process has no announcement any more, while the server is still at what it has sent; and what it has prepared
  /// stays.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), arguments: [false, true])
  func whatAKilledProcessHasLeftOpenIsWaitedFor(isPrepared: Bool) async throws {
    try await FencedShop.with(.postgres) { shop in
      let writer = try await shop.database.open()
      try await writer.run { connection in
        try connection.execute("BEGIN")
        try connection.execute("INSERT INTO orders VALUES (1, 'ann', 10)")
        if isPrepared { try connection.execute("PREPARE TRANSACTION 'lost'") }
      }
      let options = DatabaseMigrator.Options(fenceTimeout: .zero, statementLockTimeout: .milliseconds(1))
      let error = await #expect(throws: GradusError.self) { _ = try await shop.migrate(to: 3, options) }
      #expect(error?.code == .lockTimeout)
      #expect(error?.message.contains("transactions that write orders stay open: ") == true)
      #expect(error?.message.contains("the prepared transaction \"lost\"") == isPrepared)
      #expect(try await shop.compat() == 1)
      try await writer.run { _ = try $0.execute(isPrepared ? "COMMIT PREPARED 'lost'" : "COMMIT") }
      try await shop.migrate(to: 3)
      #expect(try await shop.compat() == 2)
    }
  }

  /// What writes a partition directly has its parent unlocked.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), arguments: [false, true])
  func itTellsWhichTransactionsItWaitsFor(ofPartition: Bool) async throws {
    try await FencedShop.with(.postgres) { shop in
      let writer = try await shop.database.open()
      try await writer.run { connection in
        if ofPartition {
          try connection.execute("DROP TABLE orders")
          try connection.execute(
            "CREATE TABLE orders (id BIGINT, customer TEXT, amount BIGINT) PARTITION BY RANGE (id)")
          try connection.execute(
            "CREATE TABLE first_orders PARTITION OF orders DEFAULT PARTITION BY RANGE (amount)")
          try connection.execute("CREATE TABLE first_small_orders PARTITION OF first_orders DEFAULT")
        }
        try connection.execute("BEGIN")
        try connection.execute(
          "INSERT INTO \(ofPartition ? "first_small_orders" : "orders") VALUES (1, 'ann', 10)")
      }
      let (waits, continuation) = AsyncStream.makeStream(of: [String].self)
      let migrator = shop.migrator(to: 3, .init(fenceTimeout: .seconds(60))) { event in
        if case .writesOpen(let writers, 2) = event { continuation.yield(writers) }
      }
      let migration = Task {
        defer { continuation.finish() }
        return try await migrator.migrate(on: Session.open(shop.physical.driver))
      }
      var waiting = waits.makeAsyncIterator()
      let writers = try #require(await waiting.next())
      #expect(writers.count == 1)
      #expect(writers.first?.hasPrefix("server process ") == true, "\(writers)")
      #expect(writers.first?.hasSuffix(" of gradus-test") == true, "\(writers)")
      #expect(try await shop.compat() == 1)
      try await writer.run { _ = try $0.execute("COMMIT") }
      #expect(try await migration.value.steps.map(\.kind).contains("certify"))
      #expect(await waiting.next() == nil)
      #expect(try await shop.compat() == 2)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func givesUpAndChangesNothing(engine: Engine) async throws {
    try await FencedShop.with(engine) { shop in
      let old = try await shop.announce(1)
      let holder = try #require(try await shop.holders().first)
      let error = try #require(
        await #expect(throws: GradusError.self) { _ = try await shop.migrate(to: 3) })
      #expect(error.code == .versionsStillRunning)
      #expect(error.message.contains("\(holder)"))
      #expect(try await shop.compat() == 1)
      // The fence is down.
      let another = try await shop.announce(1)
      await another.release()
      await old.release()
      try await shop.migrate(to: 3)
      #expect(try await shop.compat() == 2)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func doesNotWaitWhereTheCompatVersionStays(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    let definition = try tree.definition(to: 1)
    try await TestDatabase.withDatabase(engine) { database in
      let physical = PhysicalDatabase(driver: database.driver)
      // On a database that has yet to be made, too.
      let old = try await VersionPresence.announce(version: 1, on: physical)
      for version in [1, 2, 1, 2] {
        let migrator = DatabaseMigrator(
          schema: try tree.definition(to: version), database: physical,
          options: .init(fenceTimeout: .zero), completer: DeletingCompleter())
        try await migrator.migrate(on: database.open())
      }
      #expect(definition.ledger.version == old.version)
      await old.release()
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aDatabaseWithoutACompatVersionIsFencedToo(engine: Engine) async throws {
    try await FencedShop.with(engine) { shop in
      let old = try await shop.announce(1)
      try await shop.database.open().run { try $0.execute("DELETE FROM schema_compat_version") }
      let error = await #expect(throws: GradusError.self) { _ = try await shop.migrate(to: 3) }
      #expect(error?.code == .versionsStillRunning)
      #expect(try await shop.compat() == nil)
      await old.release()
      try await shop.migrate(to: 3)
      #expect(try await shop.compat() == 2)
    }
  }

  /// Announced before migrating or after it, several at once.
  @Test(arguments: TestDatabase.availableEngines)
  func newProcessesDoNotHinderThemselves(engine: Engine) async throws {
    try await FencedShop.with(engine) { shop in
      let presences = try await withThrowingTaskGroup(of: (VersionPresence, Int).self) { group in
        for number in 0..<8 {
          group.addTask {
            guard number % 2 == 0 else {
              let steps = try await shop.migrate(to: 3).steps.count
              return (try await shop.announce(3), steps)
            }
            let presence = try await shop.announce(3)
            return (presence, try await shop.migrate(to: 3).steps.count)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(presences.filter { $0.1 > 0 }.count == 1)
      #expect(try await shop.holders().map(\.version) == Array(repeating: 3, count: 8))
      for (presence, _) in presences { await presence.release() }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func manyOldProcessesStartWhileTheFenceIsUp(engine: Engine) async throws {
    try await FencedShop.with(engine) { shop in
      let old = try await shop.announce(1)
      let (migration, waits) = shop.startMigrating()
      var waiting = waits.makeAsyncIterator()
      _ = try #require(await waiting.next())
      let refused = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<12 {
          group.addTask {
            do {
              _ = try await shop.announce(1)
              return false
            } catch {
              return (error as? GradusError)?.code == .databaseTooNew
            }
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(refused == 12)
      #expect(try await shop.compat() == 1)
      await old.release()
      _ = try await migration.value
      #expect(try await shop.compat() == 2)
    }
  }

  /// A process that waits for the right to migrate may be the one that the other migration waits for.
  @Test(arguments: TestDatabase.availableEngines)
  func anOldProcessDoesNotWaitForTheMigrationThatShutsItOut(engine: Engine) async throws {
    try await FencedShop.with(engine) { shop in
      let old = try await shop.announce(1)
      let (migration, waits) = shop.startMigrating()
      var waiting = waits.makeAsyncIterator()
      _ = try #require(await waiting.next())
      // It has something to do, so that it needs the lock.
      let options = DatabaseMigrator.Options(lockTimeout: .seconds(600), retriedDeltas: ["1/01_x.sql"])
      let error = await #expect(throws: GradusError.self) { _ = try await shop.migrate(to: 1, options) }
      #expect(error?.code == .databaseTooNew)
      await old.release()
      _ = try await migration.value
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aStoppedMigrationTakesItsFenceDown(engine: Engine) async throws {
    try await FencedShop.with(engine) { shop in
      let old = try await shop.announce(1)
      let (migration, waits) = shop.startMigrating()
      var waiting = waits.makeAsyncIterator()
      _ = try #require(await waiting.next())
      migration.cancel()
      let error = await #expect(throws: (any Error).self) { _ = try await migration.value }
      #expect(
        error is CancellationError || error?.sqlError?.code == .cancelled, "\(String(describing: error))")
      #expect(try await shop.compat() == 1)
      let another = try await shop.announce(1)
      await another.release()
      await old.release()
    }
  }

  /// The fence falls with its connection, and in that moment an old process starts: the raising transaction finds it.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func nothingSlipsThroughWhereTheFencesConnectionIsLost() async throws {
    try await FencedShop.with(.postgres) { shop in
      let (reports, continuation) = AsyncStream.makeStream(of: [VersionHolder].self)
      let session = try await shop.database.open()
      let fence = VersionFence(
        from: 1, compat: 2, database: shop.physical, session: session, timeout: .seconds(600),
        report: { if case .versionsRunning(let holders, _) = $0 { continuation.yield(holders) } })
      let late = Box<VersionPresence?>(nil)
      let release = Task {
        var iterator = reports.makeAsyncIterator()
        let holders = await iterator.next()
        await late.value?.release()
        return holders?.map(\.version)
      }
      let attempts = Box(0)
      try await fence.close { seal in
        attempts.value += 1
        if attempts.value == 1 {
          try await shop.terminate(.fence)
          late.value = try await shop.announce(1)
        }
        try await session.transaction { connection in
          try seal(connection)
          try BookkeepingWriter(connection: connection).raiseCompat(to: 2)
        }
      }
      #expect(attempts.value == 2)
      #expect(await release.value == [1])
      #expect(try await shop.compat() == 2)
    }
  }

  /// Somebody may keep a version's lock for itself, or one process after the other start in the last moment.
  @Test(.timeLimit(.minutes(1)), arguments: TestDatabase.availableEngines)
  func aFenceThatStaysBrokenIsGivenUp(engine: Engine) async throws {
    try await FencedShop.with(engine) { shop in
      let fence = VersionFence(
        from: 1, compat: 2, database: shop.physical, session: try await shop.database.open(),
        timeout: .milliseconds(50), report: { _ in })
      let error = await #expect(throws: GradusError.self) {
        try await fence.close { _ in throw FenceBroken() }
      }
      #expect(error?.code == .lockTimeout)
      // The fence is down.
      try await shop.announce(1).release()
    }
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func applicationsInOtherSchemasOfADatabaseAreLeftAlone() async throws {
    try await FencedShop.with(.postgres) { shop in
      guard case .postgres(let address) = shop.database.location else { return }
      try await shop.database.open().run { try $0.execute("CREATE SCHEMA other") }
      let other = PhysicalDatabase(
        driver: PostgresDriver(
          connectionString: address + (address.contains("?") ? "&" : "?") + "options=-csearch_path%3Dother"))
      let presence = try await VersionPresence.announce(version: 1, on: other)
      #expect(try await shop.holders().isEmpty)
      try await shop.migrate(to: 3)
      #expect(try await shop.compat() == 2)
      await presence.release()
    }
  }
}
