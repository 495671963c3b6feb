import Foundation
import Gradus
import GradusSQL
import GradusSQLite
import GradusTestSupport
import ProgramTestSupport
import Synchronization
import Testing

/// Another session that is in the way, in each part of a life.
@Suite(.serialized) struct LockTests {
  /// One after the other, until the life ends: all rows in the opposite order, a whole table, a write that stays open.
  private static func disturbances(_ engine: Engine) -> [String] {
    switch engine {
    case .sqlite: ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"]
    case .postgres:
      [
        "BEGIN; SELECT id FROM orders ORDER BY id DESC FOR UPDATE",
        "BEGIN; SELECT id FROM orders ORDER BY id FOR UPDATE",
        "BEGIN; LOCK TABLE totals_queue", "BEGIN; LOCK TABLE background_updates IN EXCLUSIVE MODE",
        "BEGIN; LOCK TABLE applied_schema_deltas IN EXCLUSIVE MODE", "BEGIN; LOCK TABLE orders",
      ]
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aSessionThatIsAlwaysInTheWay(engine: Engine) async throws {
    let life = try Life.short()
    let expected = try await life.expected(engine)
    try await TestDatabase.withDatabase(engine) { database in
      let driver: any Driver =
        switch database.location {
        // A short patience, so that locks are met and not only waited for.
        case .sqlite(let path): SQLiteDriver(path: path, busyTimeout: 20)
        case .postgres: database.with("options=-clock_timeout%3D20").driver
        }
      let rival = Rival(session: try await database.open(), disturbances: Self.disturbances(engine))
      let disturbing = Task { await rival.run() }
      // As often as it takes an operator who runs it again when it fails.
      var errors: [String] = []
      for _ in 0..<10 {
        do {
          try await life.run(driver, migration: .init(statementLockTimeout: .milliseconds(20)))
          break
        } catch { errors.append("\(error)") }
      }
      rival.stop()
      let count = await disturbing.value
      #expect(count > 0)
      #expect(errors.allSatisfy { $0.contains("run again") }, "\(errors)")
      await #expect(throws: Never.self) { try await life.run(driver) }
      DatabaseDump.expectEqual(try await Life.result(database), expected, seed: 0)
      print("locks: \(engine): \(count) times in the way, \(errors.count) runs gave up")
    }
  }

  /// Two who have locked rows in opposite orders: one of them has to give way, which is the batch or the delta.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), arguments: [1, 2])
  func deadlock(version: Int) async throws {
    let slow = "amount = amount + 1 + 0 * length(pg_sleep(0.002)::text)"
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_orders.sql": """
      CREATE TABLE orders (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL);
      INSERT INTO orders SELECT n, 0 FROM generate_series(1, 200) n;
      """,
      "schema/state/1/01_notes.sql": "CREATE TABLE notes (id BIGINT);",
      version == 1
        ? "delta/main/2/01_slow.sql.postgres" : "delta/main/2/01_slow.updates.yaml":
        version == 1
        ? "UPDATE orders SET \(slow);"
        : "updates:\n  - {name: slow, kind: backfill, table: orders, key: id, sql: \"UPDATE orders SET \(slow) WHERE {range}\"}\n"
        ,
    ])
    try await Shop.with(.postgres, tree) { shop in
      try await shop.gradus("migrate", "--to", "1")
      let command = version == 1 ? ["migrate"] : ["updates", "run", "--batch-size", "200"]
      if version == 2 { try await shop.gradus("migrate") }
      let rival = try await shop.database.open()
      // It does not look for deadlocks, so it is not the one to give way.
      try await rival.run { connection in
        try connection.execute("SET deadlock_timeout = '1h'")
        try connection.execute("BEGIN")
        try connection.execute("SELECT 1 FROM orders WHERE id = 200 FOR UPDATE")
      }
      let program = try shop.start(command + ["--format", "json"])
      let waiting = """
        SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
        """
      while try await shop.database.values(waiting).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      try await rival.run { connection in
        try connection.execute("SELECT 1 FROM orders WHERE id = 1 FOR UPDATE")
        try connection.execute("COMMIT")
      }
      let result = try await program.result()
      #expect(result.code == 0, "\(result)")
      #expect("\(result)".contains("deadlock detected"), "\(result)")
      #expect(try await shop.database.values("SELECT DISTINCT amount FROM orders") == [1])
    }
  }

  /// A reader that never ends keeps SQLite's log from being emptied, and nobody from writing.
  @Test func aReaderThatNeverEnds() async throws {
    let life = try Life.short()
    let expected = try await life.expected(.sqlite)
    try await TestDatabase.withDatabase(.sqlite) { database in
      let reader = try await database.open()
      try await reader.run { connection in
        try connection.execute("CREATE TABLE readers (n BIGINT)")
        try connection.execute("BEGIN")
        _ = try connection.query("SELECT * FROM readers")
      }
      try await life.run(database.driver)
      try await reader.run { connection in
        #expect(try connection.query("SELECT * FROM sqlite_master WHERE name = 'orders'").isEmpty)
        try connection.execute("COMMIT")
        try connection.execute("DROP TABLE readers")
      }
      DatabaseDump.expectEqual(try await Life.result(database), expected, seed: 0)
    }
  }

  /// A snapshot that somebody else has overtaken cannot be written from: the transaction has to be run again.
  @Test func aSnapshotThatIsTooOldToWrite() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let (late, quick) = (try await database.open(), try await database.open())
      try await quick.run { try $0.execute("CREATE TABLE numbers (n BIGINT)") }
      let error = await #expect(throws: SQLError.self) {
        try await late.run { connection in
          try connection.execute("BEGIN")
          _ = try connection.query("SELECT * FROM numbers")
        }
        try await quick.run { try $0.execute("INSERT INTO numbers VALUES (1)") }
        try await late.run { try $0.execute("INSERT INTO numbers VALUES (2)") }
      }
      #expect(error?.code == .serializationFailure)
      #expect(error?.code.isTransient == true)
    }
  }
}

/// A session that holds locks for a while, again and again.
private final class Rival: Sendable {
  private let session: Session
  private let disturbances: [String]
  private let isStopped = Mutex(false)

  init(session: Session, disturbances: [String]) {
    self.session = session
    self.disturbances = disturbances
  }

  func stop() { isStopped.withLock { $0 = true } }

  /// - Returns: how often it held them.
  func run() async -> Int {
    var count = 0
    for number in 0... {
      guard !isStopped.withLock({ $0 }) else { break }
      let statements = disturbances[number % disturbances.count].components(separatedBy: "; ")
      // What it locks may not be there yet, and it may be the one to give way.
      let isHeld = try? await session.run { connection in
        for statement in statements { try connection.execute(statement) }
        Thread.sleep(forTimeInterval: 0.04)
        return true
      }
      if isHeld == true { count += 1 }
      _ = try? await session.run { try $0.execute("ROLLBACK") }
      try? await Task.sleep(for: .milliseconds(60))
    }
    return count
  }
}
