import GradusSQL

/// One thing that a statement does, as far as the checks judge it by its text. Names are without quotes.
package enum StatementAction: Sendable, Hashable {
  /// BEGIN, COMMIT, SAVEPOINT and the like.
  case transactionControl
  /// Sets a setting; nil for back to what it was.
  case set(String, to: String?)
  /// Reads or sets one of SQLite's settings; nil where it is read.
  case pragma(String, to: String?)
  case createTable(String)
  case dropTable(String)
  case renameTable(String, to: String)
  case createIndex(on: String, isConcurrent: Bool)
  case dropIndex(String)
  /// UPDATE, DELETE or MERGE; the columns for which its condition demands given values.
  case modify(String, givenColumns: Set<String>)
  case alter(String, TableAlteration)
  /// What it does is in a body or elsewhere, and cannot be read: DO, CALL, EXECUTE.
  case hidden(String)
}

/// One thing that ALTER TABLE does.
package enum TableAlteration: Sendable, Hashable {
  case addColumn(String, AddedValue)
  case dropColumn(String)
  case setNotNull(String)
  case changeType(String)
  case addConstraint(AddedConstraint)
  case validateConstraint(String)
  case dropConstraint(String)
  case other
}

/// What rows that are there get in a new column.
package enum AddedValue: Sendable, Hashable {
  /// NULL, or the default of the type.
  case none
  /// A constant or an expression.
  case expression
  /// A number of a sequence (`serial`).
  case serial
  /// What GENERATED ... AS says.
  case generated
}

/// A constraint that ALTER TABLE adds.
package struct AddedConstraint: Sendable, Hashable {
  /// The kinds of constraints.
  package enum Kind: String, Sendable, Hashable {
    case check
    case foreignKey
    case primaryKey
    case unique
    case exclusion
  }

  package var name: String?
  package var kind: Kind
  /// Its columns, where they are listed.
  package var columns: [String]
  /// Whether rows that are there are not looked at: NOT VALID, or there is nothing to be found in them.
  package var skipsRows: Bool
  /// Whether an index that is there becomes the constraint's.
  package var usesIndex: Bool
  /// Whether it comes with a new column.
  package var isOfNewColumn: Bool
}

/// A statement of a script with all that is known of it from its text.
package struct AnalyzedStatement: Sendable {
  package var text: String
  package var effect: StatementEffect
  package var actions: [StatementAction]
  /// The tables that it reads or is about; of INSERT only those that it reads.
  package var sources: Set<String>
  /// The names that are longer than PostgreSQL keeps, as it cuts them.
  package var cutNames: [String]

  package init(
    effect: StatementEffect, actions: [StatementAction], sources: Set<String> = [], cutNames: [String] = []
  ) {
    text = effect.statement
    self.effect = effect
    self.actions = actions
    self.sources = sources
    self.cutNames = cutNames
  }

  /// All of a script that cannot be taken apart.
  package init(whole script: String) {
    self.init(
      effect: StatementEffect(
        statement: script, position: SourcePosition(line: 1, column: 1), locks: [], scans: false), actions: []
    )
  }
}

extension StatementAnalyzer {
  /// The statements of a script of PostgreSQL's, with what they do.
  ///
  /// - Throws: `SQLError` with the place, where the parser refuses the script.
  package static func postgresStatements(of script: String) throws -> [AnalyzedStatement] {
    try PostgresParser.parse(script).map { statement in
      AnalyzedStatement(
        effect: PostgresLocks.effect(statement), actions: PostgresActions.actions(of: statement),
        sources: ParseTree.relations(source(of: statement)), cutNames: PostgresNames.cut(in: statement))
    }
  }

  private static func source(of statement: PostgresParser.Statement) -> Any {
    guard statement.kind == "InsertStmt" else { return statement.fields }
    return [statement.fields["selectStmt"], statement.fields["withClause"]].compactMap { $0 }
  }
}
