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

  /// Runs a statement outside any transaction.
  func execute(_ sql: String) async throws {
    let session = try await Session.open(try Self.driver(address))
    try await session.run { _ = try $0.execute(sql) }
  }
}
