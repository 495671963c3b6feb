internal import CGradusLibpq
public import GradusSQL

/// Opens connections to a PostgreSQL server through libpq.
///
/// The connection string goes to libpq as it is, so its options for TLS, password files, services and several hosts
/// all apply. It may hold a password; no error and no name repeats it.
///
/// Whatever the server, the database and the role say, `row_security` is off and `array_nulls` on: rows that a policy would
/// hide are an error (`permissionDenied`) rather than left out, and NULL in an array is NULL. Behind a pooler that holds for
/// transactions alone.
public struct PostgresDriver: Driver {
  private let connectionString: String
  private let applicationName: String

  /// PostgreSQL.
  public var engine: Engine { .postgres }

  /// Host and database, without user and password.
  public var databaseName: String {
    (try? ConnectionSettings(parsing: connectionString))?.databaseName ?? "PostgreSQL"
  }

  /// - Parameters:
  ///   - connectionString: a URL (`postgres://...`) or a conninfo string (`host=... dbname=...`).
  ///   - applicationName: what `pg_stat_activity` shows unless the connection string says otherwise.
  public init(connectionString: String, applicationName: String = "gradus") {
    self.connectionString = connectionString
    self.applicationName = applicationName
  }

  /// Opens a connection.
  ///
  /// - Throws: `SQLError`: `invalidConfiguration` where the connection string cannot be read, `cannotConnect` where
  ///   the server cannot be reached, refuses the user or is older than PostgreSQL 14.
  public func open() throws -> any ConnectionBackend {
    let settings = try ConnectionSettings(parsing: connectionString)
    return try PostgresConnection(settings, applicationName: applicationName)
  }
}
