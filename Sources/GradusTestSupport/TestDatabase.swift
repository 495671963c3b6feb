import Foundation
public import GradusSQL
import GradusPostgres
import GradusSQLite

/// An empty database for one test, on either engine.
///
/// On SQLite it is a file in a temporary folder of its own; on PostgreSQL a database `gradus_test_...` on the server
/// that the environment variable `GRADUS_TEST_POSTGRES` names.
public struct TestDatabase: Sendable {
  /// Where the database is.
  public let location: DatabaseLocation

  /// The engine.
  public var engine: Engine { location.engine }

  /// Opens connections to the database.
  public var driver: any Driver { Self.driver(for: location) }

  /// Opens a session.
  ///
  /// - Throws: `SQLError`.
  public func open() async throws -> Session { try await Session.open(driver) }

  /// Makes an empty database; `remove` removes it. Prefer `withDatabase`, which does so by itself.
  ///
  /// - Parameter engine: one of `availableEngines`.
  /// - Throws: `SQLError`, or what the file system says.
  public static func make(_ engine: Engine) async throws -> TestDatabase {
    switch engine {
    case .sqlite:
      let folder = FileManager.default.temporaryDirectory.appending(
        path: randomName(), directoryHint: .isDirectory)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      return TestDatabase(location: .sqlite(path: folder.appending(path: "test.db").path))
    case .postgres:
      // Template and locale are set, as the server's own may sort otherwise or hold tables.
      return try await make(
        on: TestServer.fromEnvironment(), "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    }
  }

  /// Makes a copy of a database; `remove` removes it. On PostgreSQL who is connected to the original is cut off.
  ///
  /// - Parameter original: a database.
  /// - Throws: `SQLError`, or what the file system says.
  package static func copy(_ original: TestDatabase) async throws -> TestDatabase {
    switch original.location {
    case .sqlite(let path):
      let copy = try await make(.sqlite)
      guard case .sqlite(let target) = copy.location else { return copy }
      // Not the file alone: what was committed last is in the log beside it.
      let session = try await Session.open(SQLiteDriver(path: path, createsFile: false))
      try await session.run { _ = try $0.execute("VACUUM INTO $1", [.text(target)]) }
      return copy
    case .postgres:
      let server = try TestServer.fromEnvironment()
      try await server.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(original.name)'")
      return try await make(on: server, "TEMPLATE \(original.name)")
    }
  }

  private static func make(on server: TestServer, _ options: String) async throws -> TestDatabase {
    let name = randomName()
    let database = TestDatabase(location: .postgres(server.connectionString(database: name)), name: name)
    do {
      try await server.execute("CREATE DATABASE \(name) \(options)")
    } catch {
      // The server may have been done before it heard of a cancellation.
      if Task.isCancelled { await database.remove() }
      throw error
    }
    return database
  }

  /// Removes the database, also under sessions that are still open, and where the test was cancelled. A failure is told
  /// on standard error, as the test has its result already.
  public func remove() async {
    // In a task of its own: one that was cancelled runs no statement.
    await Task { await removeNow() }.value
  }

  private func removeNow() async {
    do {
      switch location {
      case .sqlite(let path):
        try DatabaseFolder.remove(URL(filePath: path).deletingLastPathComponent())
      case .postgres:
        try await TestServer.fromEnvironment().execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
      }
    } catch {
      StandardError.write("a test's database was not removed: \(error)")
    }
  }

  /// Runs a test with a database of its own, which is removed however the test ends.
  ///
  /// - Parameters:
  ///   - engine: one of `availableEngines`.
  ///   - body: the test.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; `SQLError` where no database can be made.
  public static func withDatabase<R: Sendable>(
    _ engine: Engine, _ body: (TestDatabase) async throws -> R
  ) async throws -> R {
    try await removing(try await make(engine), after: body)
  }

  /// As `withDatabase`, with a copy of a database. On PostgreSQL who is connected to the original is cut off.
  ///
  /// - Parameters:
  ///   - original: a database.
  ///   - body: the test.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; `SQLError` where no copy can be made.
  public static func withCopy<R: Sendable>(
    of original: TestDatabase, _ body: (TestDatabase) async throws -> R
  ) async throws -> R {
    try await removing(try await copy(original), after: body)
  }

  private static func removing<R: Sendable>(
    _ database: TestDatabase, after body: (TestDatabase) async throws -> R
  ) async throws -> R {
    let result: Result<R, any Error>
    do { result = .success(try await body(database)) } catch { result = .failure(error) }
    // Not by defer: removing has to wait for the server.
    await database.remove()
    return try result.get()
  }

  /// The database's name on the server, PostgreSQL only.
  private let name: String

  private init(location: DatabaseLocation, name: String = "") {
    self.location = location
    self.name = name
  }

  /// A database that somebody else has made and removes.
  ///
  /// - Parameter location: where it is.
  package init(at location: DatabaseLocation) { self.init(location: location) }

  private static func randomName() -> String {
    "gradus_test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
  }

  static func driver(for location: DatabaseLocation) -> any Driver {
    switch location {
    case .sqlite(let path): SQLiteDriver(path: path)
    case .postgres(let string): PostgresDriver(connectionString: string, applicationName: "gradus-test")
    }
  }
}
