import Gradus

extension UpdateRules {
  /// U10: updates whose rows, or those that they work off, are gone after a crash of PostgreSQL's, while they count as
  /// complete. What only an UPDATE writes goes along with its row, and is missed by nobody.
  func unloggedTargets() -> [Finding] {
    let files = UnloggedTables(fullSchema + reached).files
    guard !files.isEmpty else { return [] }
    return queued.filter { $0.engines.contains(.postgres) }.flatMap { item in
      UpdateFootprint(item, ledger: ledger).filled.sorted().compactMap { table -> Finding? in
        guard let file = files[table] else { return nil }
        var found = finding(
          "U10", item, "'\(item.shownName)' fills or works off '\(table)', which is UNLOGGED", cause: file)
        found?.engines = [.postgres]
        return found
      }
    }
  }

  /// The deltas that come upon the full schema.
  private var reached: [DeltaText] {
    deltas.filter { delta in fullSchema.allSatisfy { $0.file.version < delta.file.version } }
  }

  /// U11: derived tables that depend on all source rows of a key, while an older version that deletes one is still admitted
  /// and no guard tells. Of updates in Swift nobody knows that.
  func uncorrectedAggregates() -> [Finding] {
    ledger.gradualMigrations.filter { $0.starts > ledger.compatVersion }.flatMap { migration in
      migration.staleness.flatMap { rule -> [Finding] in
        guard !rule.guards.contains(where: { $0.events.contains(.delete) }) else { return [] }
        let names = Set(migration.updates + [rule.requeue.update])
        return queued.compactMap { item -> Finding? in
          guard let name = item.name, names.contains(name),
            UpdateFootprint(item.declaration?.kind).aggregated.contains(rule.table.lowercased())
          else { return nil }
          let source = rule.source
          return finding(
            "U11", item,
            "'\(rule.table)' depends on all rows of a key of '\(source.table)', and nothing tells where a version before \(migration.starts) deletes one",
            fix:
              "guard it in the ledger: guards: [{on: \(source.table), key: [\(source.key.joined(separator: ", "))]}]; or suppress this where such versions delete none, or a later delta computes the rows anew"
          )
        }
      }
    }
  }
}
