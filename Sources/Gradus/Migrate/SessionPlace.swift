package import GradusSQL

/// Where a session's unqualified names go and whose rights it has: what Gradus's own statements rely on, and a script may
/// change in the midst of the transaction that they share.
package struct SessionPlace {
  private let engine: Engine
  /// In the order in which they are put back: who a session is comes before the role that it takes.
  private let settings: [(name: String, value: String)]

  /// Reads what holds now.
  ///
  /// - Throws: `SQLError`.
  package init(_ connection: Connection) throws {
    engine = connection.engine
    switch engine {
    case .sqlite:
      let value = try connection.queryRow("PRAGMA query_only")?[0].integer ?? 0
      settings = [("query_only", String(value))]
    case .postgres:
      // Unlike a query, SHOW takes no snapshot: a script may begin with SET TRANSACTION ISOLATION LEVEL.
      settings = try ["session_authorization", "role", "search_path"].map { name in
        (name, try connection.queryRow("SHOW \(name)")?.text(0) ?? "")
      }
    }
  }

  /// Puts it back: within a transaction, and on PostgreSQL to its end.
  ///
  /// - Throws: `SQLError`.
  package func restore(_ connection: Connection) throws {
    try connection.execute(statement(isLocal: connection.isInTransaction))
  }

  /// The statement that puts it back.
  ///
  /// What has not changed is left alone: to say again who a session is takes away its role, and so does the end of a
  /// transaction in which that was said.
  ///
  /// - Parameter isLocal: whether to the end of the transaction.
  func statement(isLocal: Bool) -> String {
    switch engine {
    case .sqlite: return settings.map { "PRAGMA \($0.name) = \($0.value)" }.joined()
    case .postgres:
      let rows = settings.map { "(\(SQLText.literal($0.name)), \(SQLText.literal($0.value)))" }
      return """
        SELECT pg_catalog.set_config(name, value, \(isLocal))
        FROM (VALUES \(rows.joined(separator: ", "))) AS setting (name, value)
        WHERE pg_catalog.current_setting(name) <> value
        """
    }
  }
}
