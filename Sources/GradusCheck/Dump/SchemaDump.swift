import Gradus
import GradusCatalog
import GradusSQL

/// A full schema: the SQL that makes the tables of a version, and the rows that come with them.
struct SchemaDump: Sendable {
  /// The statements, in the order in which they run.
  struct Parts {
    /// What rows need to be inserted.
    var tables: [String]
    /// The rows, and where the sequences of their keys are.
    var rows: [String]
    /// What rows do without, or must not set off.
    var rest: [String]
  }

  /// The SQL.
  let sql: String
  /// The statements among it that are about rows.
  let rows: [String]

  /// Reads the schema of a database.
  ///
  /// - Parameters:
  ///   - connection: a connection to a new database that has what is to be dumped, and perhaps more.
  ///   - others: what another full schema makes: it is left out.
  /// - Throws: `SQLError`; `GradusError` where something cannot be written.
  init(of connection: Connection, without others: Catalog = Catalog()) throws {
    let parts = try TextSettings.with(connection) { connection -> Parts in
      switch connection.engine {
      case .sqlite: try SQLiteDump(connection: connection, others: others).parts()
      case .postgres: try PostgresDump(connection: connection, others: others).parts()
      }
    }
    rows = parts.rows
    sql = (parts.tables + parts.rows + parts.rest).map { $0 + ";\n" }.joined(separator: "\n")
  }

  /// - Parameter things: what no statement can be written of.
  /// - Throws: `GradusError` where there is any.
  static func refuse(_ things: [String]) throws {
    guard let first = things.first else { return }
    throw GradusError(
      .invalidTree, "no full schema can be written of \(first)",
      hint: "write the full schema by hand, with \(things.joined(separator: "; "))")
  }
}
