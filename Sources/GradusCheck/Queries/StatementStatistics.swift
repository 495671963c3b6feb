import Gradus
package import GradusSQL

/// Reads which queries a PostgreSQL server has run, from its extension `pg_stat_statements`.
package enum StatementStatistics {
  /// The queries that were run on the connection's database by this application's role, most often run first.
  ///
  /// Types of parameters are those that the server infers; a query that cannot be prepared, such as one on a temporary
  /// table, is left out and named.
  ///
  /// - Parameters:
  ///   - connection: a connection to the database.
  ///   - role: whose queries; nil for every role's.
  /// - Throws: `GradusError` where the extension is not there.
  package static func read(
    _ connection: Connection, role: String?
  ) throws -> (queries: [QueryRecorder.Query], unreadable: [String]) {
    guard try connection.queryRow("SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements'") != nil else {
      throw GradusError(
        .invalidTree, "the database has no extension pg_stat_statements",
        hint: "add it to shared_preload_libraries, restart the server, and CREATE EXTENSION pg_stat_statements")
    }
    let texts = try connection.query(
      """
      SELECT s.query FROM pg_stat_statements s
      JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
      JOIN pg_roles r ON r.oid = s.userid
      WHERE $1::text IS NULL OR r.rolname = $1
      GROUP BY s.query ORDER BY sum(s.calls) DESC, s.query
      """, [SQLValue(role)]
    ).map { try $0.text(0) }
    var queries: [QueryRecorder.Query] = []
    var unreadable: [String] = []
    try connection.transaction { connection in
      for text in texts {
        var query = QueryRecorder.Query(engine: .postgres, sql: text, types: [])
        guard QueryFile.isOfApplication(query) else { continue }
        do {
          query.types = try Savepoint.runUndone(on: connection) {
            try connection.describe(text).parameterTypes ?? []
          }
          queries.append(query)
        } catch let error as SQLError {
          if error.code == .connectionLost || error.code == .cancelled { throw error }
          unreadable.append(text)
        }
      }
    }
    return (queries, unreadable)
  }
}
