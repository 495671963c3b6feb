import Gradus
import GradusLint

/// Finds statements for which PostgreSQL writes a table anew: it was seen to give it another file. Pure.
struct RewriteRules {
  let trace: DeltaTrace
  let statements: [TracedStatement]

  func findings() -> [Finding] {
    statements.flatMap { statement in
      let rewritten = statement.step.rewritten
      return rewritten.rows.union(rewritten.indexes).intersection(statement.existing).sorted().flatMap {
        table in
        judge(statement, table, rows: rewritten.rows.contains(table)).compactMap {
          Finding($0.id, $0.message, at: statement.step, of: trace)
        }
      }
    }
  }

  private func judge(
    _ statement: TracedStatement, _ table: String, rows: Bool
  ) -> [(id: String, message: String)] {
    let found = statement.alterations.filter { $0.table == table }.compactMap { _, alteration in
      switch alteration {
      case .addColumn(let column, .generated) where rows:
        ("P11", "'\(table)' is written anew for its new column '\(column)'")
      case .addColumn(let column, .expression) where rows, .addColumn(let column, .serial) where rows:
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
}
