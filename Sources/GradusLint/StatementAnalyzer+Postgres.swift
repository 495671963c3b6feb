import GradusSQL

extension StatementAnalyzer {
  /// The statements of a script of PostgreSQL's, with what they do.
  ///
  /// - Throws: `SQLError` with the place, where the parser refuses the script.
  package static func postgresStatements(of script: String) throws -> [AnalyzedStatement] {
    try PostgresParser.parse(script).map { statement in
      AnalyzedStatement(
        effect: PostgresLocks.effect(statement), actions: PostgresActions.actions(of: statement),
        sources: ParseTree.relations(source(of: statement)), cutNames: PostgresNames.cut(in: statement),
        isRename: PostgresActions.renames(statement))
    }
  }

  private static func source(of statement: PostgresParser.Statement) -> Any {
    guard statement.kind == "InsertStmt" else { return statement.fields }
    return [statement.fields["selectStmt"], statement.fields["withClause"]].compactMap { $0 }
  }
}
