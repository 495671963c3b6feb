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
      let found = try await session.run { try Self.removals($0) }
      guard found.isEmpty else {
        throw BenchmarkError(
          "'\(driver.databaseName)' is not empty; give a database that holds no tables, views, sequences or functions"
        )
      }
      let result: Result<R, any Error>
      do { result = .success(try await body(location, driver)) } catch { result = .failure(error) }
      // In a task of its own: one that was cancelled runs no statement.
      try await Task { try await session.run { try Self.empty($0) } }.value
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

  private static func empty(_ connection: Connection) throws {
    // Else a table goes only after all that refer to it.
    if connection.engine == .sqlite { _ = try connection.execute("PRAGMA foreign_keys = OFF") }
    for statement in try removals(connection) { try connection.execute(statement) }
  }

  /// What removes all that the database holds: nothing where it is empty. One thing may have gone with another. Not what
  /// belongs to an extension, nor how a virtual table keeps its rows, which goes with it.
  private static func removals(_ connection: Connection) throws -> [String] {
    let sql =
      switch connection.engine {
      case .sqlite:
        """
        SELECT 'DROP ' || CASE type WHEN 'view' THEN 'VIEW' ELSE 'TABLE' END || ' IF EXISTS "'
          || replace(name, '"', '""') || '"'
        FROM pragma_table_list
        WHERE schema = 'main' AND type IN ('table', 'virtual', 'view') AND name NOT LIKE 'sqlite_%'
        ORDER BY type DESC
        """
      case .postgres:
        """
        SELECT format('DROP %s IF EXISTS %I CASCADE',
          CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
            WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, relname)
        FROM pg_class c
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
          AND NOT EXISTS (
            SELECT 1 FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype IN ('e', 'i'))
        UNION ALL
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure)
        FROM pg_proc p
        WHERE pronamespace = current_schema()::regnamespace
          AND NOT EXISTS (
            SELECT 1 FROM pg_depend
            WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
        """
      }
    return try connection.query(sql).map { try $0.text(0) }
  }
}
