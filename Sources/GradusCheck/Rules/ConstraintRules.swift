import Gradus
import GradusCatalog
import GradusLint

/// Finds constraints that a delta of PostgreSQL's adds or validates while everybody waits. Pure.
struct ConstraintRules {
  let trace: DeltaTrace
  let statements: [TracedStatement]

  func findings() -> [Finding] {
    statements.flatMap { statement in
      statement.alterations.compactMap { table, alteration in
        judge(alteration, of: table, statement).flatMap {
          Finding($0.id, $0.message, at: statement.step, of: trace)
        }
      }
    }
  }

  private func judge(
    _ alteration: TableAlteration, of table: String, _ statement: TracedStatement
  ) -> (id: String, message: String)? {
    switch alteration {
    case .setNotNull(let column):
      // Where it is so already PostgreSQL does nothing.
      let known = statement.table(table)
      guard known?.column(column)?.isNullable ?? true, !isChecked(column, of: known) else { return nil }
      return ("P01", "all rows of '\(table)' are read for a NULL in '\(column)'")
    case .addConstraint(let constraint): return judge(constraint, of: table)
    case .validateConstraint(let name):
      guard trace.isInTransaction, isNew(name, of: table, before: statement) else { return nil }
      return ("P08", "'\(name)' of '\(table)' is added and validated in one transaction")
    default: return nil
    }
  }

  private func judge(_ constraint: AddedConstraint, of table: String) -> (id: String, message: String)? {
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
  private func isChecked(_ column: String, of table: CatalogTable?) -> Bool {
    table?.constraints.contains { constraint in
      constraint.kind == .check && constraint.isValidated
        && ["((\(column) IS NOT NULL))", "((\"\(column)\" IS NOT NULL))"].contains {
          constraint.definition.hasPrefix("CHECK \($0)")
        }
    } ?? false
  }

  /// Whether the delta itself adds a constraint without a look at the rows.
  private func isNew(_ name: String, of table: String, before statement: TracedStatement) -> Bool {
    statements.prefix { $0.step.position != statement.step.position }.contains { earlier in
      earlier.step.after.tables[table]?.constraints.contains { $0.name == name && !$0.isValidated } ?? false
        && !(earlier.before.tables[table]?.constraints.contains { $0.name == name } ?? false)
    }
  }
}
