import Foundation
import GradusSQL
import GradusSQLite
import GradusTestSupport
import Testing

@testable import Gradus

@Suite struct VersionPresenceTests {
  @Test(arguments: TestDatabase.availableEngines)
  func saysWhoRuns(engine: Engine) async throws {
    try await FencedShop.with(engine) { shop in
      let before = Date().addingTimeInterval(-60)
      let presence = try await shop.announce(2)
      let holder = try #require(try await shop.holders().first)
      #expect(holder.version == 2)
      #expect(holder.process > 0)
      #expect(holder.engine == engine)
      #expect(try #require(holder.since) > before)
      switch engine {
      case .sqlite: #expect(holder.process == Int(ProcessInfo.processInfo.processIdentifier))
      case .postgres:
        #expect(holder.name == "gradus-test")
        #expect(holder.host == "a local socket")
      }
      await presence.release()
      await presence.release()
      try await presence.check()
      #expect(try await shop.holders().isEmpty)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func goesWithItsObject(engine: Engine) async throws {
    try await FencedShop.with(engine) { shop in
      var presence: VersionPresence? = try await VersionPresence.announce(version: 1, on: shop.physical)
      try await presence?.check()
      #expect(try await shop.holders().count == 1)
      presence = nil
      while try await !shop.holders().isEmpty {}
    }
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), arguments: [false, true])
  func aLostConnectionIsNoticed(isPooled: Bool) async throws {
    try await FencedShop.with(.postgres, driver: { isPooled ? PooledDriver($0) : $0 }) { shop in
      let (events, continuation) = AsyncStream.makeStream(of: PresenceEvent.self)
      let presence = try await shop.announce(1) { continuation.yield($0) }
      var happened = events.makeAsyncIterator()
      let before = try await shop.holders()
      try await shop.terminate(.live)
      try await presence.check()
      guard case .lost = await happened.next(), case .restored = await happened.next() else {
        Issue.record("it was lost and restored")
        return
      }
      let after = try await shop.holders()
      #expect(after.count == 1 && after != before)
      // Lost again, it does not see that its version is shut out until it asks.
      try await shop.terminate(.live)
      try await shop.migrate(to: 3)
      for _ in 0..<2 {
        let error = await #expect(throws: GradusError.self) { try await presence.check() }
        #expect(error?.code == .databaseTooNew)
      }
      guard case .lost = await happened.next(), case .refused = await happened.next() else {
        Issue.record("it was lost and refused")
        return
      }
      #expect(try await shop.holders().isEmpty)
      continuation.finish()
      #expect(await happened.next() == nil)
    }
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func itIsWatched() async throws {
    try await FencedShop.with(.postgres) { shop in
      let (events, continuation) = AsyncStream.makeStream(of: PresenceEvent.self)
      let presence = try await VersionPresence.announce(
        version: 1, on: shop.physical, checkingEvery: .milliseconds(5)
      ) { continuation.yield($0) }
      try await shop.terminate(.live)
      var happened = events.makeAsyncIterator()
      guard case .lost = await happened.next(), case .restored = await happened.next() else {
        Issue.record("it was lost and restored")
        return
      }
      #expect(try await shop.holders().count == 1)
      await presence.release()
    }
  }

  /// Behind a pooler the lock is a transaction's, which must not be in anybody's way.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func behindAPoolerATransactionHoldsIt() async throws {
    try await FencedShop.with(.postgres, driver: { PooledDriver($0) }) { shop in
      let presence = try await shop.announce(1)
      try await presence.check()
      let session = try await shop.database.open()
      let (state, snapshot) = try await session.run { connection in
        let row = try connection.queryRow(
          """
          SELECT a.state, a.backend_xmin::text FROM pg_stat_activity a JOIN pg_locks l USING (pid)
          WHERE l.locktype = 'advisory' AND a.datname = current_database()
          """)
        return (row?[0].text, row?[1].text)
      }
      #expect(state == "idle in transaction")
      #expect(snapshot == nil)
      try await session.run { connection in
        try connection.execute("CREATE INDEX CONCURRENTLY orders_by_amount ON orders (amount)")
        try connection.execute("DROP TABLE schema_compat_version")
        try connection.execute("CREATE TABLE schema_compat_version (compat_version INTEGER NOT NULL)")
        try connection.execute("INSERT INTO schema_compat_version VALUES (1)")
      }
      let error = await #expect(throws: GradusError.self) { _ = try await shop.migrate(to: 3) }
      #expect(error?.code == .versionsStillRunning)
      await presence.release()
      try await shop.migrate(to: 3)
    }
  }

  /// A process that is killed again and again leaves a file each time.
  @Test func whatKilledProcessesLeaveDoesNotPileUp() async throws {
    try await FencedShop.with(.sqlite) { shop in
      let folder = try #require(shop.physical.driver.liveFolder)
      let other = try await shop.announce(1)
      for name in ["live-1-dead", "live-2-dead", "fence-1-dead", "notes.txt"] {
        try Data().write(to: URL(filePath: "\(folder)/\(name)"))
      }
      let presence = try await shop.announce(2)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(left.count == 3 && left.last == "notes.txt", "\(left)")
      #expect(try await shop.holders().map(\.version) == [1, 2])
      await other.release()
      await presence.release()
    }
  }

  @Test func filesOfDeadProcessesAreNoObstacle() async throws {
    try await FencedShop.with(.sqlite) { shop in
      let folder = try #require(shop.physical.driver.liveFolder)
      let old = try await shop.announce(1)
      for name in ["live-1-dead", "fence-9-dead"] {
        try Data("{\"name\":\"shop\",\"process\":1,\"host\":\"a\"}".utf8)
          .write(to: URL(filePath: "\(folder)/\(name)"))
      }
      #expect(try await shop.holders().count == 1)
      // Reading alone removes nothing.
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
      await old.release()
      try await shop.migrate(to: 3)
      let another = try await shop.announce(2)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.count == 1)
      #expect(left.first?.hasPrefix("live-2-") == true)
      await another.release()
    }
  }

  @Test func aRemovedFileIsMadeAnew() async throws {
    try await FencedShop.with(.sqlite) { shop in
      let presence = try await shop.announce(2)
      try FileManager.default.removeItem(atPath: try #require(shop.physical.driver.liveFolder))
      #expect(try await shop.holders().isEmpty)
      try await presence.check()
      #expect(try await shop.holders().count == 1)
      await presence.release()
    }
  }

  @Test func aSymbolicLinkLeadsToTheSameFolder() async throws {
    try await FencedShop.with(.sqlite) { shop in
      guard case .sqlite(let path) = shop.database.location else { return }
      let link = path + "-link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      let presence = try await VersionPresence.announce(
        version: 1, on: PhysicalDatabase(driver: SQLiteDriver(path: link)))
      #expect(try await shop.holders().count == 1)
      await presence.release()
    }
  }

  @Test func aDatabaseInMemoryIsNobodyElses() async throws {
    let database = PhysicalDatabase(driver: SQLiteDriver(path: ":memory:"))
    let presence = try await VersionPresence.announce(version: 1, on: database)
    try await presence.check()
    #expect(try await LiveVersions.holders(of: database, on: Session.open(database.driver)).isEmpty)
    await presence.release()
  }

  @Test func aFolderThatCannotBeWrittenIsNamed() async throws {
    try await FencedShop.with(.sqlite) { shop in
      let folder = try #require(shop.physical.driver.liveFolder)
      try? FileManager.default.removeItem(atPath: folder)
      // A file in its place: root may write everywhere.
      try Data().write(to: URL(filePath: folder))
      let error = await #expect(throws: SQLError.self) { _ = try await shop.announce(1) }
      #expect(error?.message.contains(folder) == true)
    }
  }
}
