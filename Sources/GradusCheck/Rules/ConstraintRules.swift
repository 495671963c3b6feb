import Gradus
import GradusCatalog
import GradusLint

/// Finds constraints that a delta of PostgreSQL's adds or validates while everybody waits. Pure.
struct ConstraintRules {
  let trace: DeltaTrace
  let statements: [TracedStatement]

  func findings() -> [Finding] {
    statements.flatMap { statement in
      statement.alterations.flatMap { table, alteration in
        judge(alteration, of: table, statement).compactMap {
          Finding($0.id, $0.message, at: statement.step, of: trace)
        }
      }
    }
  }

  /// A rule, and what breaks it.
  private typealias Hit = (id: String, message: String)

  private func judge(
    _ alteration: TableAlteration, of table: String, _ statement: TracedStatement
  ) -> [Hit] {
    switch alteration {
    case .setNotNull(let column): return [notNull(column, of: table, statement)].compactMap { $0 }
    case .addConstraint(let constraint):
      // A primary key sets NOT NULL, also where there is an index for it.
      let columns =
        constraint.kind == .primaryKey ? statement.step.after.tables[table]?.primaryKey ?? [] : []
      let known = columns.filter { statement.table(table)?.column($0) != nil }
      return [judge(constraint, of: table)].compactMap { $0 }
        + known.compactMap { notNull($0, of: table, statement) }
    case .validateConstraint(let name):
      guard trace.isInTransaction, isNew(name, of: table, upTo: statement) else { return [] }
      return [("P08", "'\(name)' of '\(table)' is added and validated in one transaction")]
    default: return []
    }
  }

  private func notNull(_ column: String, of table: String, _ statement: TracedStatement) -> Hit? {
    // Where it is so already PostgreSQL does nothing.
    let known = statement.table(table)
    guard known?.column(column)?.isNullable ?? true, !isChecked(column, of: table, statement) else {
      return nil
    }
    return ("P01", "all rows of '\(table)' are read for a NULL in '\(column)'")
  }

  private func judge(_ constraint: AddedConstraint, of table: String) -> Hit? {
    let name = constraint.name.map { "'\($0)'" } ?? "a constraint"
    switch constraint.kind {
    case .check, .foreignKey:
      guard !constraint.skipsRows else { return nil }
      return ("P02", "all rows of '\(table)' are read for \(name)")
    case .primaryKey, .unique, .exclusion:
      guard !constraint.usesIndex else { return nil }
      return ("D03", "the index of \(name) is made on the existing table '\(table)'")
    }
  }

  /// Whether a validated check says already that a column has no NULL: then PostgreSQL reads no rows.
  private func isChecked(_ column: String, of table: String, _ statement: TracedStatement) -> Bool {
    // One that the same ALTER TABLE drops is gone before: PostgreSQL carries its parts out in an order of its own.
    let dropped = statement.alterations.compactMap { part -> String? in
      if part.table == table, case .dropConstraint(let name) = part.alteration { name } else { nil }
    }
    return statement.table(table)?.constraints.contains { constraint in
      constraint.kind == .check && constraint.isValidated && !dropped.contains { $0 == constraint.name }
        && refusesNull(constraint.definition, in: column)
    } ?? false
  }

  /// Whether a check says of a column, by itself or among conditions that all have to hold, that it is not NULL.
  ///
  /// - Parameter definition: as PostgreSQL writes it: `CHECK (((a IS NOT NULL) AND (b > 0)))`.
  private func refusesNull(_ definition: String, in column: String) -> Bool {
    let words = SQLiteWords(definition)
    // What stands behind the brackets, such as NO INHERIT, changes nothing.
    let end = words.tokens.indices.last { words.isSymbol($0, ")") } ?? 0
    guard end > 1 else { return false }
    let condition = words.withoutBrackets(1..<(end + 1))
    return words.parts(of: condition, separatedBy: { words.keyword($0) == "AND" }).contains { place in
      let texts = words.withoutBrackets(place).map(words.text)
      return ["\(column)", "\"\(column)\""].contains { texts == [$0, "IS", "NOT", "NULL"] }
    }
  }

  /// Whether a table has a constraint that its rows need not satisfy.
  private func isUnchecked(_ name: String, _ table: CatalogTable?) -> Bool {
    table?.constraints.contains { $0.name == name && !$0.isValidated } ?? false
  }

  /// Whether the delta itself adds a constraint without a look at the rows, before a statement or in that one.
  private func isNew(_ name: String, of table: String, upTo statement: TracedStatement) -> Bool {
    let isAddedBeside = statement.alterations.contains { part in
      guard part.table == table, case .addConstraint(let added) = part.alteration else { return false }
      return added.skipsRows && added.name == name
    }
    if isAddedBeside { return true }
    return statements.prefix { $0.step.position != statement.step.position }.contains { earlier in
      isUnchecked(name, earlier.step.after.tables[table]) && !isUnchecked(name, earlier.before.tables[table])
    }
  }
}
