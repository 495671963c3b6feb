import GradusSQL

/// A table that a statement writes, and the columns that it gives values to.
package struct StatementTarget: Sendable, Hashable {
  /// The table.
  package var table: String
  /// The columns, where the statement lists them.
  package var columns: [String]
  /// Whether it gives values to all columns, by an INSERT without a list.
  package var isWholeRow: Bool
}

extension StatementAnalyzer {
  /// The tables that PostgreSQL's statements write, those within WITH among them.
  ///
  /// - Throws: `SQLError` where the parser refuses the SQL.
  package static func targets(of sql: String) throws -> [StatementTarget] {
    var found: [StatementTarget] = []
    func names(_ list: Any?) -> [String] {
      (list as? [[String: Any]] ?? []).compactMap { ($0["ResTarget"] as? [String: Any])?["name"] as? String }
    }
    func visit(_ value: Any) {
      if let list = value as? [Any] { list.forEach(visit) }
      guard let map = value as? [String: Any] else { return }
      for (kind, node) in map {
        if let fields = node as? [String: Any] { note(kind, fields) }
        visit(node)
      }
    }
    func note(_ kind: String, _ fields: [String: Any]) {
      guard let table = (fields["relation"] as? [String: Any])?["relname"] as? String else { return }
      switch kind {
      case "InsertStmt":
        let listed = names(fields["cols"])
        let updated = names((fields["onConflictClause"] as? [String: Any])?["targetList"])
        found.append(
          StatementTarget(table: table, columns: listed + updated, isWholeRow: listed.isEmpty))
      case "UpdateStmt":
        found.append(StatementTarget(table: table, columns: names(fields["targetList"]), isWholeRow: false))
      case "DeleteStmt": found.append(StatementTarget(table: table, columns: [], isWholeRow: false))
      default: break
      }
    }
    for statement in try PostgresParser.parse(sql) { visit([statement.kind: statement.fields]) }
    return found
  }
}
