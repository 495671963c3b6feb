import GradusSQL

extension StatementAnalyzer {
  /// The tables that PostgreSQL's statements write, those within WITH among them.
  ///
  /// - Throws: `SQLError` where the parser refuses the SQL.
  package static func targets(of sql: String) throws -> [StatementTarget] {
    try PostgresParser.parse(sql).flatMap { statement in
      let root: ParseTree.Node = [statement.kind: statement.fields]
      return ["InsertStmt", "UpdateStmt", "DeleteStmt"].flatMap { kind in
        ParseTree.nodes(kind, in: root).compactMap { target(kind, $0, in: root) }
      }
    }
  }

  private static func target(
    _ kind: String, _ fields: ParseTree.Node, in root: ParseTree.Node
  ) -> StatementTarget? {
    guard let table = ParseTree.relation(fields) else { return nil }
    let listed = names(fields["cols"])
    guard kind == "InsertStmt" else {
      return StatementTarget(
        table: table, columns: listed + names(fields["targetList"]), isWholeRow: false)
    }
    let updated = (fields["onConflictClause"] as? ParseTree.Node)?["targetList"]
    return StatementTarget(
      table: table, columns: listed + names(updated),
      // Without SELECT there are only DEFAULT VALUES.
      isWholeRow: listed.isEmpty && fields["selectStmt"] != nil,
      named: updated == nil ? nil : named(in: root, beside: [table, alias(fields) ?? table]))
  }

  /// The columns that are named other than by EXCLUDED; nil where a row of the table is named as a whole.
  private static func named(in root: ParseTree.Node, beside tables: [String]) -> Set<String>? {
    let references = ParseTree.nodes("ColumnRef", in: root)
    let paths = references.map { ParseTree.names($0["fields"]) }
    let readsAll = zip(references, paths).contains { reference, path in
      path.count == 1 && tables.contains(path[0]) || path.count < (reference["fields"] as? [Any] ?? []).count
    }
    guard !readsAll else { return nil }
    let arbiters = ParseTree.nodes("IndexElem", in: root).compactMap { $0["name"] as? String }
    return Set(paths.filter { $0.dropLast().last != "excluded" }.compactMap(\.last) + arbiters)
  }

  private static func alias(_ fields: ParseTree.Node) -> String? {
    ((fields["relation"] as? ParseTree.Node)?["alias"] as? ParseTree.Node)?["aliasname"] as? String
  }

  private static func names(_ list: Any?) -> [String] {
    (list as? [ParseTree.Node] ?? []).compactMap { ParseTree.child($0, "ResTarget")?["name"] as? String }
  }
}
