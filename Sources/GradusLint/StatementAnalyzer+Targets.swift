import GradusSQL

extension StatementAnalyzer {
  /// The tables that PostgreSQL's statements write, those within WITH among them.
  ///
  /// - Throws: `SQLError` where the parser refuses the SQL.
  package static func targets(of sql: String) throws -> [StatementTarget] {
    try PostgresParser.parse(sql).flatMap { statement in
      let root: ParseTree.Node = [statement.kind: statement.fields]
      return ["InsertStmt", "UpdateStmt", "DeleteStmt"].flatMap { kind in
        ParseTree.nodes(kind, in: root).compactMap { target(kind, $0) }
      }
    }
  }

  private static func target(_ kind: String, _ fields: ParseTree.Node) -> StatementTarget? {
    guard let table = ParseTree.relation(fields) else { return nil }
    let listed = names(fields["cols"])
    let updated = names(
      kind == "InsertStmt"
        ? (fields["onConflictClause"] as? ParseTree.Node)?["targetList"] : fields["targetList"])
    return StatementTarget(
      table: table, columns: listed + updated, isWholeRow: kind == "InsertStmt" && listed.isEmpty)
  }

  private static func names(_ list: Any?) -> [String] {
    (list as? [ParseTree.Node] ?? []).compactMap { ParseTree.child($0, "ResTarget")?["name"] as? String }
  }
}
