import Foundation
import GradusSQL
import GradusTestSupport
import Testing

/// The write-ahead log gets into the file while its connection goes on.
@Suite struct LogCheckpointTests {
  private static let megabyte = 1 << 20

  private func with(_ body: (_ path: String, Session) async throws -> Void) async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      guard case .sqlite(let path) = database.location else { return }
      try await body(path, open(database))
    }
  }

  private func open(_ database: TestDatabase) async throws -> Session {
    let session = try await database.open()
    try await session.run { _ = try $0.execute("CREATE TABLE t (data BLOB NOT NULL)") }
    return session
  }

  private func write(
    megabytes: Int, isReadAlongside: Bool = false, _ session: Session
  ) async throws {
    try await session.transaction { connection in
      func insert() throws {
        for _ in 0..<megabytes {
          try connection.execute("INSERT INTO t VALUES (zeroblob($1))", [SQLValue(Self.megabyte)])
        }
      }
      guard isReadAlongside else { return try insert() }
      _ = try connection.alongside({ try $0.queryRow("SELECT count(*) FROM t") }, insert)
    }
  }

  private func size(_ path: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  }

  @Test func whileItsConnectionIsIdle() async throws {
    try await with { path, session in
      try await write(megabytes: 20, session)
      let deadline = ContinuousClock.now + .seconds(60)
      while try size(path) < 20 * Self.megabyte, .now < deadline {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(try size(path) >= 20 * Self.megabyte)
      try await session.run { _ = try $0.query("SELECT 1") }
    }
  }

  /// However much is written, and without a pause in which the log could begin anew by itself; whether or not another
  /// connection reads meanwhile.
  @Test(arguments: [false, true])
  func theLogStaysBounded(isReadAlongside: Bool) async throws {
    try await with { path, session in
      for _ in 0..<40 {
        try await write(megabytes: 5, isReadAlongside: isReadAlongside, session)
      }
      #expect(try size(path + "-wal") < 80 * Self.megabyte)
      let found = try await session.run {
        try $0.queryRow("SELECT count(*), sum(length(data)) FROM t")?.values
      }
      #expect(found == [.integer(200), .integer(200 << 20)])
    }
  }

  /// One transaction may write much more than others do, such as one that builds a table anew.
  @Test func theLogOfALongTransactionIsGivenBack() async throws {
    try await with { path, session in
      try await write(megabytes: 120, session)
      // Its commit has copied all of it, so that the log begins anew.
      try await write(megabytes: 1, session)
      #expect(try size(path + "-wal") < 80 * Self.megabyte)
      try await session.run { _ = try $0.query("SELECT 1") }
    }
  }

  /// The log is of the file that was there before, and so is all that the connection has in memory.
  @Test func aFileThatWasReplacedIsLeftAlone() async throws {
    try await with { path, session in
      let other = path + ".other"
      try FileManager.default.copyItem(atPath: path, toPath: other)
      let bytes = try Data(contentsOf: URL(filePath: other))
      try await session.transaction { connection in
        for _ in 0..<20 {
          try connection.execute("INSERT INTO t VALUES (zeroblob($1))", [SQLValue(Self.megabyte)])
        }
        try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
        try FileManager.default.moveItem(atPath: other, toPath: path)
      }
      // For what the commit has set going.
      try await Task.sleep(for: .milliseconds(500))
      #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
      #expect(try await session.run { try $0.queryRow("SELECT count(*) FROM t")?[0] } == 20)
      let error = await #expect(throws: SQLError.self) {
        try await session.transaction { _ = try $0.execute("DELETE FROM t") }
      }
      #expect(error?.message.contains("replaced") == true)
    }
  }

  @Test func isGoneWithTheLastConnection() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      guard case .sqlite(let path) = database.location else { return }
      do {
        // So that the log is being copied when its connection is closed.
        try await write(megabytes: 20, isReadAlongside: true, open(database))
      }
      let deadline = ContinuousClock.now + .seconds(60)
      while FileManager.default.fileExists(atPath: path + "-wal"), .now < deadline {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
      let session = try await database.open()
      let found = try await session.run { connection in
        [
          try connection.queryRow("SELECT count(*) FROM t")?[0],
          try connection.queryRow("PRAGMA integrity_check")?[0],
        ]
      }
      #expect(found == [.integer(20), .text("ok")])
    }
  }
}
