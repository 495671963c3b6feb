import Foundation
import GradusSQL
import GradusSQLite
import GradusTestSupport
import Testing

@testable import Gradus

@Suite struct MigrationLockTests {
  private static func acquire(_ driver: any Driver) async throws -> MigrationLock {
    var poll = MigrationLockPoll(driver: driver)
    guard case .acquired(let lock) = try await poll.tryAcquire() else {
      throw SQLError(.lockTimeout, "the lock should be free")
    }
    return lock
  }

  private static func isHeld(_ attempt: MigrationLock.Attempt?) -> Bool {
    if case .held = attempt { true } else { false }
  }

  /// Two processes that find one file by different paths.
  @Test func isOneByWhicheverPath() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      guard case .sqlite(let path) = database.location else { return }
      let session = try await database.open()
      let link = path + "-link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      let lock = try await Self.acquire(SQLiteDriver(path: link))
      var poll = MigrationLockPoll(driver: database.driver)
      #expect(Self.isHeld(try await poll.tryAcquire()))
      await lock.release()
      #expect(!Self.isHeld(try await poll.tryAcquire()))
      _ = try await session.run { try $0.query("SELECT 1") }
    }
  }

  /// A server may have few connections to spare, and each is a process of its own.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
  func isPolledOverOneConnection() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let lock = try await Self.acquire(database.driver)
      var poll = MigrationLockPoll(driver: database.driver)
      let observer = try await database.open()
      let processes = """
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND query = 'ROLLBACK' AND state = 'idle' ORDER BY pid
        """
      var pids: [[SQLValue]] = []
      for _ in 0..<3 {
        #expect(Self.isHeld(try await poll.tryAcquire()))
        pids.append(try await observer.run { try $0.query(processes).map { $0[0] } })
      }
      #expect(pids[0].count == 1)
      #expect(Set(pids).count == 1)

      // It is lost between two attempts.
      let pid = pids[0][0]
      try await observer.run { connection in
        _ = try connection.query("SELECT pg_terminate_backend($1::integer, 60000)", [pid])
      }
      #expect(Self.isHeld(try await poll.tryAcquire()))
      await lock.release()
      guard case .acquired(let own) = try await poll.tryAcquire() else {
        Issue.record("the lock should be free")
        return
      }
      try await own.check()
      var other = MigrationLockPoll(driver: database.driver)
      #expect(Self.isHeld(try await other.tryAcquire()))
      await own.release()
    }
  }

  /// Whether the server can limit how long a transaction lasts.
  private static func limitsTransactions() async throws -> Bool {
    guard TestDatabase.availableEngines.contains(.postgres) else { return false }
    return try await TestDatabase.withDatabase(.postgres) { database in
      try await database.open().run {
        try $0.queryRow("SELECT 1 FROM pg_settings WHERE name = 'transaction_timeout'") != nil
      }
    }
  }

  @Test(.enabled("needs PostgreSQL 17") { try await limitsTransactions() })
  func isNotLimitedInTime() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      try await database.open().run { connection in
        let name = try connection.queryRow("SELECT current_database()")?.text(0) ?? ""
        try connection.execute("ALTER DATABASE \(SQLText.identifier(name)) SET transaction_timeout = '10min'")
      }
      guard case .advisory(let session) = try await Self.acquire(database.driver) else {
        Issue.record("the lock should be an advisory one")
        return
      }
      #expect(try await session.run { try $0.queryRow("SHOW transaction_timeout")?[0] } == "0")
    }
  }
}
