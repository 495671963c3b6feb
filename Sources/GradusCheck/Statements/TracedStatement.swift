import Gradus
import GradusCatalog
import GradusLint
import GradusSQL

/// A statement with what is there when it runs.
struct TracedStatement {
  let step: DeltaTrace.Step
  let analysis: AnalyzedStatement
  /// The schema before it.
  let before: Catalog
  /// The tables of the version before under their present names.
  let origins: TableOrigins

  /// The present names of those tables.
  var existing: Set<String> { origins.present }

  /// The statements of a delta of SQL's; none of others.
  static func all(of trace: DeltaTrace) -> [TracedStatement] {
    var origins = trace.known.origins
    var before = trace.before
    return trace.steps.compactMap { step in
      defer { before = step.after }
      guard let analysis = step.analysis else { return nil }
      defer { for action in analysis.actions { origins.follow(action) } }
      return TracedStatement(step: step, analysis: analysis, before: before, origins: origins)
    }
  }

  /// What it does to columns and constraints of tables that were there.
  var alterations: [(table: String, alteration: TableAlteration)] {
    analysis.actions.compactMap { action in
      guard case .alter(let table, let alteration) = action, existing.contains(table) else { return nil }
      return (table, alteration)
    }
  }

  /// A table before the statement.
  func table(_ name: String) -> CatalogTable? {
    before.tables[name] ?? before.tables.first { SQLiteName($0.key).text == name }?.value
  }

  /// The tables that were there and whose rows a view shows, by the words of its query.
  private func tables(ofView name: String) -> Set<String> {
    let view = before.views[name] ?? before.views.first { SQLiteName($0.key).text == name }?.value
    return existing.intersection(view.map { SQLWords($0.query).all } ?? [])
  }

  /// The tables that were there and that its UPDATE or DELETE goes through: those of which no whole key is given.
  var modifiedAtLarge: [String] {
    analysis.actions.compactMap { action in
      guard case .modify(let name, let given) = action else { return nil }
      let shown: Set<String> = existing.contains(name) ? [name] : tables(ofView: name)
      guard !shown.isEmpty else { return nil }
      let keys = shown.flatMap { table($0)?.uniqueKeys ?? [] }
      return keys.contains { key in key.allSatisfy { given.contains($0) || given.contains($0.lowercased()) } }
        ? nil : name
    }
  }
}
