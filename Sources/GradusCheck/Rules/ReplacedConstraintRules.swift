import Gradus
import GradusCatalog
import GradusLint

/// Finds constraints that a delta drops and adds again. Pure.
struct ReplacedConstraintRules {
  let trace: DeltaTrace
  let statements: [TracedStatement]

  func findings() -> [Finding] {
    var dropped: [String: [CatalogConstraint]] = [:]
    return statements.compactMap { statement in
      for (table, alteration) in statement.alterations {
        guard case .dropConstraint(let name) = alteration else { continue }
        dropped[table, default: []] +=
          statement.before.tables[table]?.constraints.filter { $0.name == name } ?? []
      }
      for (table, alteration) in statement.alterations {
        // Those that read no rows may come back at once.
        guard case .addConstraint(let added) = alteration, !added.skipsRows, !added.usesIndex,
          let old = dropped[table]?.first(where: { isBack($0, in: table, statement) })
        else { continue }
        let columns = old.columns.joined(separator: ", ")
        return Finding(
          "D09", "the \(old.kind.rawValue) of \(columns) of '\(table)' is dropped and added again",
          at: statement.step, of: trace)
      }
      return nil
    }
  }

  /// Whether a statement adds a constraint of the same kind and columns.
  private func isBack(_ old: CatalogConstraint, in table: String, _ statement: TracedStatement) -> Bool {
    let before = (statement.before.tables[table]?.constraints ?? []).filter { $0.name != old.name }
    let after = statement.step.after.tables[table]?.constraints ?? []
    return after.subtracting(before).contains {
      $0.kind == old.kind && Set($0.columns) == Set(old.columns)
    }
  }
}
