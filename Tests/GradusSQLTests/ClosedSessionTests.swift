import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@Suite struct ClosedSessionTests {
  /// By then it is in nobody's way, although somebody still holds it.
  @Test(arguments: TestDatabase.availableEngines)
  func nothingIsLeftOfTheConnection(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let process = try await session.run { connection in
        try connection.execute("CREATE TABLE a (id BIGINT)")
        return engine == .postgres ? try connection.queryRow("SELECT pg_backend_pid()")?[0] : nil
      }
      await session.close()
      if case .sqlite(let path) = database.location {
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
      }
      if let process {
        let other = try await database.open()
        // The server ends it as soon as it hears of it.
        var isThere = true
        for _ in 0..<6_000 where isThere {
          isThere = try await other.run {
            try $0.queryRow("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [process]) != nil
          }
          if isThere { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(!isThere)
      }
      await session.close()
      let error = await #expect(throws: SQLError.self) {
        _ = try await session.run { try $0.query("SELECT 1") }
      }
      #expect(error?.message == "the session was closed")
    }
  }

  /// What a transaction that was left open has written is not there.
  @Test(arguments: TestDatabase.availableEngines)
  func anOpenTransactionIsRolledBack(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try connection.execute("CREATE TABLE a (id BIGINT)")
        try connection.execute("BEGIN")
        try connection.execute("INSERT INTO a VALUES (1)")
      }
      await session.close()
      let rows = try await database.open().run { try $0.query("SELECT id FROM a").count }
      #expect(rows == 0)
    }
  }
}
