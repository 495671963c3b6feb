import Gradus
import GradusLint
import GradusSQL

/// Finds in each statement of a delta what needs no more than that statement to be judged. Pure.
struct StatementRules {
  let trace: DeltaTrace
  let statements: [TracedStatement]

  func findings() -> [Finding] { statements.flatMap(judge) }

  private func judge(_ statement: TracedStatement) -> [Finding] {
    var found = statement.modifiedAtLarge.map { ("P09", "the rows of '\($0)' are gone through at once") }
    found += statement.analysis.cutNames.map { ("P12", "PostgreSQL cuts the name to '\($0)'") }
    found += statement.analysis.actions.compactMap { action in
      switch action {
      case .hidden(let what): ("D11", "what \(what) does cannot be told from its text")
      case .pragma("foreign_keys", to: _?) where trace.isInTransaction:
        ("L03", "PRAGMA foreign_keys is ignored here")
      default: nil
      }
    }
    return found.compactMap { Finding($0.0, $0.1, at: statement.step, of: trace) }
  }
}
