import Gradus
import GradusSQL

extension UpdateRules {
  /// U09: what a delta takes away from the triggers of synchronised columns, which stay until `drop_sync` removes them. A
  /// table that is made anew has lost them.
  func orphanedSyncs() -> [Finding] {
    let syncs = queued.filter { $0.declaration?.syncColumn != nil }.map {
      (item: $0, footprint: UpdateFootprint($0, ledger: ledger))
    }
    guard let rule = Rule.find("U09"), !syncs.isEmpty else { return [] }
    return deltas.flatMap { delta -> [Finding] in
      let live = syncs.filter { !engines(of: $0.item, at: delta).isEmpty }
      return delta.statements.flatMap { statement -> [Finding] in
        SchemaDemand.all(in: statement.text).filter(\.takesAway).flatMap { demand -> [Finding] in
          live.compactMap { item, footprint -> Finding? in
            guard let what = conflict(demand, footprint) else { return nil }
            return Finding(
              rule,
              "the trigger of '\(item.shownName)' of version \(item.version) is there still, and \(what)",
              file: delta.file.path, position: statement.position, statement: statement.text,
              cause: item.delta.file.path)
          }
        }
      }
    }
  }
}
