package import GradusSQL
import GradusSQLite

#if PostgreSQL
  import GradusPostgres
#endif

extension DatabaseLocation {
  /// Opens connections to the place.
  ///
  /// - Parameters:
  ///   - createsFile: whether a missing SQLite file is made.
  ///   - keepsJournal: whether a SQLite file that is not in WAL mode stays so.
  ///   - applicationName: what PostgreSQL shows of who is connected.
  /// - Throws: `SQLError` where the engine is not built in.
  package func driver(
    createsFile: Bool = false, keepsJournal: Bool = false, applicationName: String = "gradus"
  ) throws -> any Driver {
    switch self {
    case .sqlite(let path):
      return SQLiteDriver(path: path, createsFile: createsFile, keepsJournal: keepsJournal)
    case .postgres(let text):
      #if PostgreSQL
        return PostgresDriver(connectionString: text, applicationName: applicationName)
      #else
        throw SQLError.builtWithoutPostgres
      #endif
    }
  }
}
