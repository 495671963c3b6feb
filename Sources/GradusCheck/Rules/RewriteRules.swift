import Gradus
import GradusLint

/// Finds statements for which PostgreSQL writes a table anew: it was seen to give it another file. Pure.
struct RewriteRules {
  let trace: DeltaTrace
  let statements: [TracedStatement]

  func findings() -> [Finding] {
    statements.flatMap { statement in
      let rows = named(statement.step.rewritten.rows, by: statement)
      let all = rows.union(named(statement.step.rewritten.indexes, by: statement))
      return all.sorted().flatMap { table in
        judge(statement, table, rows: rows.contains(table)).compactMap {
          Finding($0.id, $0.message, at: statement.step, of: trace)
        }
      }
    }
  }

  /// Of these tables those that were there; in place of partitions the table that the statement names.
  private func named(_ tables: Set<String>, by statement: TracedStatement) -> Set<String> {
    Set(
      tables.intersection(statement.existing).map { table in
        sequence(first: table) { statement.before.parent(of: $0) }.first {
          statement.existing.contains($0) && statement.analysis.sources.contains($0)
        } ?? table
      })
  }

  private func judge(
    _ statement: TracedStatement, _ table: String, rows: Bool
  ) -> [(id: String, message: String)] {
    let found = statement.alterations.filter { $0.table == table }.compactMap { _, alteration in
      switch alteration {
      case .addColumn(let column, .generated) where rows:
        ("P11", "'\(table)' is written anew for its new column '\(column)'")
      case .addColumn(let column, let value) where rows && isComputed(value, statement):
        ("P04", "'\(table)' is written anew: each row computes the default of '\(column)'")
      case .changeType(let column):
        (
          "P05",
          "\(rows ? "'\(table)' is" : "indexes of '\(table)' are") written anew: '\(column)' changes its type"
        )
      default: nil as (String, String)?
      }
    }
    if !found.isEmpty { return found }
    // TRUNCATE gives another file, too, but writes no rows; and by CONCURRENTLY all go on meanwhile.
    let locks = statement.analysis.effect.locks
    let isConcurrent = !locks.isEmpty && locks.allSatisfy { $0.mode == "SHARE UPDATE EXCLUSIVE" }
    guard !isConcurrent, !statement.analysis.actions.contains(.truncate) else { return [] }
    return [("P05", "\(rows ? "'\(table)' is" : "indexes of '\(table)' are") written anew")]
  }

  /// Whether each row gets another value: what calls no volatile function is computed once for all.
  private func isComputed(_ value: AddedValue, _ statement: TracedStatement) -> Bool {
    switch value {
    case .serial: true
    case .expression(let calls): !calls.isDisjoint(with: statement.step.volatileFunctions)
    case .none, .constant, .generated: false
    }
  }
}
