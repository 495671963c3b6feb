import GradusEngines
import GradusSQL

/// A PostgreSQL server on which scratch databases may be made.
package struct ScratchServer: Sendable {
  /// How the server is reached; its database is only connected to.
  private let address: String

  /// - Parameter address: a URL or conninfo string of libpq's.
  /// - Throws: `SQLError` where it is something else.
  package init(_ address: String) throws {
    guard case .postgres(let text) = try DatabaseLocation(parsing: address) else {
      throw SQLError(
        .invalidConfiguration, "scratch databases of PostgreSQL need a server's address",
        hint: "such as postgres://localhost/postgres; SQLite's are temporary files")
    }
    self.address = text
  }

  /// The address of another database on the server; of an option given twice, libpq takes the last.
  func address(of database: String) -> String {
    guard address.contains("://") else { return "\(address) dbname=\(database)" }
    return address + (address.contains("?") ? "&" : "?") + "dbname=" + database
  }

  /// Opens connections to one of the server's databases.
  static func driver(_ address: String) throws -> any Driver {
    try DatabaseLocation.postgres(address).driver(applicationName: "gradus-scratch")
  }

  /// Makes the first schema of the search path where a database has none of those that the path names. A new one has but
  /// `public`, while the address or the role may say another, as where an application has a schema of its own.
  static func makeSchema(on driver: any Driver) async throws {
    let session = try await Session.open(driver)
    try await session.run { connection in
      guard let name = try connection.queryRow(firstOfSearchPath)?[0].text else { return }
      try connection.execute("CREATE SCHEMA \(SQLText.identifier(name))")
    }
  }

  /// A row where none of them is there.
  private static let firstOfSearchPath = """
    SELECT coalesce(nullif(name, '$user'), current_user::text) FROM (
      SELECT (parse_ident(part))[1] AS name, place
      FROM regexp_split_to_table(current_setting('search_path'), ' *, *(?=(?:[^"]*"[^"]*")*[^"]*$)')
        WITH ORDINALITY AS p (part, place)
      WHERE part NOT IN ('', '""')) s
    WHERE current_schema() IS NULL AND name NOT LIKE 'pg~_%' ESCAPE '~' ORDER BY place LIMIT 1
    """

  /// Runs a statement outside any transaction.
  func execute(_ sql: String) async throws {
    let session = try await Session.open(try Self.driver(address))
    try await session.run { _ = try $0.execute(sql) }
  }
}
