import Foundation
import GradusSQL
import GradusSQLite
import GradusTestSupport
import Testing

@testable import GradusUpdates

@Suite struct HealthProbeTests {
  private static var hasPostgres: Bool { TestDatabase.availableEngines.contains(.postgres) }

  @Test(arguments: TestDatabase.availableEngines)
  func readsWhatItsEngineHas(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.transaction { try $0.execute("CREATE TABLE notes (id BIGINT, text TEXT)") }
      let (first, second) = try await session.run { connection in
        var probe = HealthProbe()
        let first = try probe.read(connection, at: 10)
        try connection.transaction { connection in
          for id in 0..<100 {
            try connection.execute(
              "INSERT INTO notes VALUES ($1, $2)",
              [.integer(Int64(id)), .text(String(repeating: "x", count: 1000))])
          }
        }
        return (first, try probe.read(connection, at: 12))
      }
      for signal in second.keys { #expect(signal.engines.contains(engine)) }
      switch engine {
      case .sqlite:
        #expect(first == [.walSize: 0] && second == [.walSize: 0])
      case .postgres:
        #expect(first.isEmpty)
        #expect(try #require(second[.walRate]) > 50_000)
        #expect(second.count == 1)
      }
    }
  }

  /// SQLite only: a reader that keeps its snapshot keeps the log from being moved into the file.
  @Test func aReaderHoldsTheLogBack() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      let reader = try await database.open()
      try await session.transaction { try $0.execute("CREATE TABLE notes (id BIGINT, text TEXT)") }
      try await reader.run { try $0.execute("BEGIN") }
      _ = try await reader.run { try $0.query("SELECT count(*) FROM notes") }
      try await session.transaction { connection in
        for id in 0..<100 {
          try connection.execute(
            "INSERT INTO notes VALUES ($1, $2)",
            [.integer(Int64(id)), .text(String(repeating: "x", count: 1000))])
        }
      }
      func walSize() async throws -> Double? {
        try await session.run { connection in
          var probe = HealthProbe()
          return try probe.read(connection, at: 1)[.walSize]
        }
      }
      let held = try #require(try await walSize())
      #expect(held > 50_000)
      try await reader.run { try $0.execute("COMMIT") }
      let released = try await walSize()
      #expect(released == 0)
    }
  }

  /// SQLite only.
  @Test func anotherJournalHasNoReading() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      let readings = try await session.run { connection in
        _ = try connection.query("PRAGMA journal_mode = DELETE")
        try connection.execute("CREATE TABLE notes (id BIGINT)")
        var probe = HealthProbe()
        return try probe.read(connection, at: 0)
      }
      #expect(readings.isEmpty)
    }
  }

  /// PostgreSQL only: roles.
  @Test(.enabled(if: hasPostgres))
  func aRoleWithoutRightsDoesNotFail() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await database.open()
      let role = "gradus_test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
      try await session.run { try $0.execute("CREATE ROLE \(role)") }
      let (second, waiters) = try await session.run { connection in
        try connection.execute("SET ROLE \(role)")
        defer { _ = try? connection.execute("RESET ROLE") }
        var probe = HealthProbe()
        _ = try probe.read(connection, at: 0)
        let waiters = try connection.transaction { try HealthProbe.lockWaiters($0) }
        return (try probe.read(connection, at: 1), waiters)
      }
      #expect(second.keys.allSatisfy { $0 == .walRate })
      #expect(waiters == 0)
      try await session.run { try $0.execute("DROP ROLE \(role)") }
    }
  }

  /// PostgreSQL only: on SQLite nobody knows who waits.
  @Test(.enabled(if: hasPostgres))
  func countsTheSessionsThatWaitBehindIt() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await database.open()
      let others = [try await database.open(), try await database.open(), try await database.open()]
      let pids = try await self.pids(others)
      try await session.transaction { connection in
        try connection.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, text TEXT)")
        try connection.execute("INSERT INTO notes VALUES (1, 'a'), (2, 'a'), (3, 'a')")
      }
      let count = try await withThrowingTaskGroup(of: Int?.self) { group in
        let (locked, lock) = AsyncStream<Void>.makeStream()
        group.addTask {
          try await session.transaction { connection in
            try connection.execute("UPDATE notes SET text = 'c' WHERE id < 3")
            lock.finish()
            // The third has nothing to wait for.
            try Self.awaitBlocked(Array(pids.prefix(2)), connection)
            return try HealthProbe.lockWaiters(connection)
          }
        }
        for await _ in locked {}
        for (id, other) in others.enumerated() {
          group.addTask {
            try await other.transaction {
              try $0.execute("UPDATE notes SET text = 'd' WHERE id = $1", [.integer(Int64(id) + 1)])
            }
            return nil
          }
        }
        var count: Int?
        for try await result in group { count = result ?? count }
        return count
      }
      #expect(count == 2)
      let afterwards = try await session.transaction { try HealthProbe.lockWaiters($0) }
      #expect(afterwards == 0)
    }
  }

  @Test func onSQLiteNobodyIsSeenWaiting() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      let waiters = try await session.transaction { try HealthProbe.lockWaiters($0) }
      #expect(waiters == 0)
    }
  }

  private func pids(_ sessions: [Session]) async throws -> [Int64] {
    var pids: [Int64] = []
    for session in sessions {
      let row = try await session.run { try $0.queryRow("SELECT pg_backend_pid()") }
      pids.append(try #require(row).integer(0))
    }
    return pids
  }

  /// Until each of these backends waits for a lock.
  private static func awaitBlocked(_ pids: [Int64], _ connection: Connection) throws {
    while true {
      let waiting = try connection.query("SELECT DISTINCT pid FROM pg_locks WHERE NOT granted")
        .compactMap { $0[0].integer }
      if Set(pids).isSubset(of: waiting) { return }
      _ = try connection.query("SELECT pg_sleep(0.005)")
    }
  }
}
