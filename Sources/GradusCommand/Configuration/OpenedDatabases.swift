import Gradus
import GradusSQL
import Synchronization

/// Finds out that two databases on PostgreSQL are one, which their addresses need not show.
///
/// They would share the bookkeeping tables, in which each would find the other's version.
final class OpenedDatabases: Sendable {
  /// The configuration file.
  private let file: String?
  /// Their names, by what the server says of each.
  private let names = Mutex<[String: String]>([:])

  /// Server, database, and schema with the bookkeeping tables. A copy of a server has its identifier and its databases'
  /// numbers, but has not been started in the same microsecond.
  private static let query = """
    SELECT concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()), d.oid,
      coalesce((SELECT relnamespace FROM pg_class WHERE oid = to_regclass('schema_version')),
        (SELECT oid FROM pg_namespace WHERE nspname = current_schema())))
    FROM pg_database d WHERE d.datname = current_database()
    """

  init(file: String?) { self.file = file }

  /// Notes a database that has been opened, perhaps again.
  ///
  /// - Throws: `GradusError` where one of another name is the same; `SQLError`.
  func note(_ database: PhysicalDatabase, _ session: Session) async throws {
    guard database.driver.engine == .postgres else { return }
    let place = try await session.run { try $0.queryRow(Self.query)?[0].text ?? "" }
    let first = names.withLock { names in
      let holder = names[place] ?? database.name
      names[place] = holder
      return holder
    }
    guard first != database.name else { return }
    throw GradusError(
      .invalidFile, "'\(first)' and '\(database.name)' are the same database", file: file,
      hint: DatabasePlaces.joining)
  }
}
