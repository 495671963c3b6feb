import Foundation
import GradusSQL
import GradusSQLite
import GradusTestSupport
import Testing

@testable import GradusPostgres

/// These need no server.
@Suite struct ConnectingTests {
  private func failure(_ driver: any Driver) async throws -> SQLError {
    try #require(await #expect(throws: SQLError.self) { _ = try await Session.open(driver) })
  }

  @Test(arguments: [
    "postgres://alice:hunter2@127.0.0.1:1/shop",
    "postgresql://alice:hunter2@127.0.0.1:1/shop?connect_timeout=2",
    "postgres://alice:hunt?hunter2@127.0.0.1:1/shop",
    "host=127.0.0.1 port=1 user=alice dbname=shop password=hunter2",
    "host=127.0.0.1 port=1 user=alice dbname=shop password='hunter2'",
  ])
  func unreachableServer(_ connectionString: String) async throws {
    let driver = PostgresDriver(connectionString: connectionString)
    #expect(driver.databaseName == "127.0.0.1:1/shop")
    let error = try await failure(driver)
    #expect(error.code == .cannotConnect)
    #expect(error.message.contains("127.0.0.1:1/shop"))
    #expect(!"\(error) \(error.detail ?? "")".contains("hunter2"))
  }

  /// Passwords with characters that a URL or a conninfo string reads as its own.
  @Test(arguments: [
    "postgres://alice:hunt@hunter2@127.0.0.1:1/shop",
    "postgres://alice:hunt/hunter2@127.0.0.1:1/shop",
    "postgres://alice:hunt?x@hunter2@127.0.0.1:1/shop",
    "postgres://alice:hunter2",
    "postgres://alice:hunter2/shop",
    "postgres://alice:%zzhunter2@127.0.0.1/shop",
    "host=127.0.0.1 password=hunt hunter2 dbname=shop",
    "host=127.0.0.1 password='hunter2",
    "host=127.0.0.1 hunter2=x",
    "host=127.0.0.1 port=hunter2",
    "hunter2",
    "host=127.0.0.1\0hunter2",
  ])
  func unreadableConnectionString(_ connectionString: String) async throws {
    let driver = PostgresDriver(connectionString: connectionString)
    #expect(!driver.databaseName.contains("hunter2"))
    let error = try await failure(driver)
    #expect(error.code == .invalidConfiguration)
    #expect(!"\(error)".contains("hunter2"))
    #expect(error.hint != nil)
  }

  /// A message of libpq that would quote the password is shown without it.
  @Test func libpqsOwnMessageIsRedacted() async throws {
    let error = try await failure(
      PostgresDriver(connectionString: "host=127.0.0.1 port=1 sslmode=hunter2 password=hunter2 dbname=shop"))
    #expect(error.code == .cannotConnect)
    #expect(error.message.contains("sslmode"))
    #expect(!"\(error)".contains("hunter2"))
  }

  @Test func missingFolder() async throws {
    let error = try await failure(SQLiteDriver(path: "/nowhere/at/all/test.db"))
    #expect(error.code == .cannotConnect)
    #expect(error.message.contains("/nowhere/at/all/test.db"))
  }

  @Test func missingFile() async throws {
    let error = try await failure(SQLiteDriver(path: "/tmp/gradus-no-such-file.db", createsFile: false))
    #expect(error.code == .cannotConnect)
    #expect(error.hint != nil)
  }

  @Test func aFolder() async throws {
    let error = try await failure(SQLiteDriver(path: "/tmp", createsFile: false))
    #expect(error.code == .cannotConnect)
    #expect(error.hint?.contains("folder") == true)
  }

  @Test func anotherFile() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      guard case .sqlite(let path) = database.location else { return }
      try Data(repeating: 42, count: 8_192).write(to: URL(filePath: path))
      let error = try await failure(database.driver)
      #expect(error.code == .corrupt)
      #expect(error.hint?.contains("no SQLite database") == true)
    }
  }

  /// libpq gives no SQLSTATE of a connection that the server has refused.
  @Test func aServerWithoutRoom() {
    for message in [
      "connection failed: FATAL:  sorry, too many clients already",
      "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
      #"FATAL:  too many connections for role "shop""#,
    ] {
      #expect(SQLError.hint(onConnecting: message)?.contains("max_connections") == true, "\(message)")
    }
    #expect(SQLError.hint(onConnecting: "Connection refused") == nil)
  }

  @Test(arguments: [
    (#"FATAL:  database "shop" does not exist"#, "CREATE DATABASE"),
    (#"FATAL:  role "shop" does not exist"#, "CREATE ROLE"),
    (#"FATAL:  password authentication failed for user "shop""#, "PGPASSWORD"),
    ("fe_sendauth: no password supplied", "PGPASSWORD"),
    ("server does not support SSL, but SSL was required", "leave 'sslmode' out"),
    (
      #"FATAL:  no pg_hba.conf entry for host "::1", user "a", database "b", no encryption"#,
      "sslmode=require"
    ),
  ])
  func aServerThatRefusesSaysWhatToDo(message: String, advice: String) {
    let hint = SQLError.hint(onConnecting: "connection to server failed: " + message)
    #expect(hint?.contains(advice) == true, "\(hint ?? "")")
  }
}
