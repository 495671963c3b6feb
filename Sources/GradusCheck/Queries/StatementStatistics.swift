import Gradus
package import GradusSQL

/// Which queries a PostgreSQL server has run, by its extension `pg_stat_statements`.
package struct StatementStatistics: Sendable {
  /// The queries, most often run first. Types of parameters are those that the server infers.
  package var queries: [QueryRecorder.Query] = []
  /// Those that cannot be prepared, such as one on a temporary table.
  package var unreadable: [String] = []
  /// Whether there are some that the connection's role may not see.
  package var hidesSome = false

  /// What the server shows in place of a query that a role may not see.
  private static let hidden = "<insufficient privilege>"

  /// None.
  package init() {}

  /// Reads the queries that were run on the connection's database.
  ///
  /// - Parameters:
  ///   - connection: a connection to the database.
  ///   - role: whose queries; nil for every role's.
  /// - Throws: `GradusError` where the extension is not there, or the role.
  package static func read(_ connection: Connection, role: String?) throws -> StatementStatistics {
    // Wherever the search path looks.
    let place = try connection.queryRow(
      """
      SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.extname = 'pg_stat_statements'
      """)
    guard let schema = try place?.text(0) else {
      throw GradusError(
        .invalidTree, "the database has no extension pg_stat_statements",
        hint:
          "add it to shared_preload_libraries, restart the server, and CREATE EXTENSION pg_stat_statements")
    }
    if let role { try requireRole(role, connection) }
    let texts = try connection.query(
      """
      SELECT s.query FROM \(schema).pg_stat_statements s
      JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
      JOIN pg_roles r ON r.oid = s.userid
      WHERE $1::text IS NULL OR r.rolname = $1
      GROUP BY s.query ORDER BY sum(s.calls) DESC, s.query
      """, [SQLValue(role)]
    ).map { try $0.text(0) }
    var found = StatementStatistics()
    found.hidesSome = texts.contains(hidden)
    try connection.transaction { connection in
      for text in texts where text != hidden {
        var query = QueryRecorder.Query(engine: .postgres, sql: text, types: [])
        guard QueryFile.isOfApplication(query) else { continue }
        do {
          query.types = try Savepoint.runUndone(on: connection) {
            try connection.describe(text).parameterTypes ?? []
          }
          found.queries.append(query)
        } catch let error as SQLError {
          if error.code == .connectionLost || error.code == .cancelled { throw error }
          found.unreadable.append(text)
        }
      }
    }
    return found
  }

  /// A name that is misspelt would be a role that has run nothing.
  private static func requireRole(_ role: String, _ connection: Connection) throws {
    let names = try connection.query("SELECT rolname::text FROM pg_roles").map { try $0.text(0) }
    guard !names.contains(role) else { return }
    throw GradusError(
      .invalidTree, "the server has no role '\(role)'",
      hint: NearestName.hint(
        for: role, among: names, otherwise: "leave --role out for the queries of all roles"))
  }
}
