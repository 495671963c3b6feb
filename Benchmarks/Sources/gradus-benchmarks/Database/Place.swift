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
    switch self {
    case .temporary(let engine):
      return try await TestDatabase.withDatabase(engine) { try await body($0.driver) }
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
      do { result = .success(try await body(driver)) } catch { result = .failure(error) }
      try await session.run { connection in
        for table in try Self.tables(connection) { try connection.execute("DROP TABLE \(table)") }
      }
      return try result.get()
    }
  }

  private static func tables(_ connection: Connection) throws -> [String] {
    let sql =
      switch connection.engine {
      case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
      case .postgres: "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
      }
    return try connection.query(sql).map { try $0.text(0) }
  }
}
