import Foundation
import GradusPostgres
import GradusSQL
import GradusSQLite
import GradusTestSupport

/// Where benchmarks run.
enum Place: Sendable {
  /// A new database for each run, which is gone afterwards.
  case temporary(Engine)
  /// A user's database, which must be empty and is so again afterwards.
  case given(DatabaseLocation)

  var engine: Engine {
    switch self {
    case .temporary(let engine): engine
    case .given(let location): location.engine
    }
  }

  /// Runs `body` with an empty database.
  func withDatabase<R: Sendable>(_ body: (any Driver) async throws -> R) async throws -> R {
    try await withLocation { try await body($1) }
  }

  /// Runs `body` with an empty database and where it is, for other processes.
  func withLocation<R: Sendable>(_ body: (DatabaseLocation, any Driver) async throws -> R) async throws -> R {
    switch self {
    case .temporary(let engine):
      return try await TestDatabase.withDatabase(engine) { try await body($0.location, $0.driver) }
    case .given(let location):
      let driver: any Driver =
        switch location {
        case .sqlite(let path): SQLiteDriver(path: path)
        case .postgres(let string):
          PostgresDriver(connectionString: string, applicationName: "gradus-benchmarks")
        }
      let session = try await Session.open(driver)
      let found = try await session.run { try Self.tables($0) }
      guard found.isEmpty else {
        throw BenchmarkError("'\(driver.databaseName)' is not empty; give a database that holds no tables")
      }
      let result: Result<R, any Error>
      do { result = .success(try await body(location, driver)) } catch { result = .failure(error) }
      try await session.run { connection in
        // Else a table goes only after all that refer to it.
        if connection.engine == .sqlite { _ = try connection.execute("PRAGMA foreign_keys = OFF") }
        for table in try Self.tables(connection) {
          switch connection.engine {
          case .sqlite: try connection.execute("DROP TABLE \(table)")
          case .postgres: try connection.execute("DROP TABLE \(table) CASCADE")
          }
        }
        for statement in try Self.removals(connection) { try connection.execute(statement) }
      }
      return try result.get()
    }
  }

  /// Fills a database once, and runs `body` with what gives copies of it; a user's own is filled anew each time.
  func withCopies<R: Sendable, All: Sendable>(
    of fill: @escaping (any Driver) async throws -> Void,
    _ body: (_ withCopy: ((any Driver) async throws -> R) async throws -> R) async throws -> All
  ) async throws -> All {
    switch self {
    case .temporary(let engine):
      try await TestDatabase.withDatabase(engine) { original in
        try await fill(original.driver)
        return try await body { use in
          try await TestDatabase.withCopy(of: original) { copy in
            try await settle(copy.driver)
            return try await use(copy.driver)
          }
        }
      }
    case .given:
      try await body { use in
        try await withDatabase { driver in
          try await fill(driver)
          return try await use(driver)
        }
      }
    }
  }

  /// Gets a copy's own work out of the way: on PostgreSQL its pages are written by the next checkpoint.
  private func settle(_ driver: any Driver) async throws {
    guard driver.engine == .postgres else { return }
    // Only some roles may.
    _ = try? await Session.open(driver).run { try $0.execute("CHECKPOINT") }
  }

  private static func tables(_ connection: Connection) throws -> [String] {
    let sql =
      switch connection.engine {
      // Not how a virtual table keeps its rows, which goes with it.
      case .sqlite:
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite_%'"
      case .postgres: "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
      }
    return try connection.query(sql).map { try $0.text(0) }
  }

  /// What removes the rest of what a schema makes.
  private static func removals(_ connection: Connection) throws -> [String] {
    guard connection.engine == .postgres else { return [] }
    return try connection.query(
      """
      SELECT format('DROP SEQUENCE %I', sequencename) FROM pg_sequences WHERE schemaname = current_schema()
      UNION ALL
      SELECT format('DROP FUNCTION %s', oid::regprocedure) FROM pg_proc
      WHERE pronamespace = current_schema()::regnamespace
      """
    ).map { try $0.text(0) }
  }
}
