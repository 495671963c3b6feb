import Gradus
import GradusSQL

extension UpdateRules {
  /// U03: what a delta takes away from an update that may be queued still, or demands of it.
  func unfinished() -> [Finding] {
    let footprints = queued.filter { $0.isQueued && $0.name != nil }.map {
      (item: $0, footprint: UpdateFootprint($0, ledger: ledger))
    }
    return deltas.flatMap { delta in
      let done = guaranteed(at: delta.file.version)
      let pending = footprints.filter { $0.item.name.map { !done.contains($0) } ?? false }
      let before = pending.filter { !engines(of: $0.item, at: delta).isEmpty }
      return unfinished(delta, before) + unfinishedDeclarations(delta, before)
    }
  }

  /// The updates that are complete before a version's deltas run, with what they depend on.
  private func guaranteed(at version: Int) -> Set<String> {
    let complete = ledger.gradualMigrations.filter { $0.completes.map { $0 <= version } ?? false }
    var done = Set(complete.flatMap(\.neededUpdates))
    let dependencies = Dictionary(
      queued.compactMap { item in item.name.map { ($0, item.dependsOn) } }, uniquingKeysWith: +)
    var rest = Array(done)
    while let name = rest.popLast() {
      for dependency in dependencies[name] ?? [] where done.insert(dependency).inserted {
        rest.append(dependency)
      }
    }
    return done
  }

  /// The engines on which an update may be queued when a delta runs. The end of a synchronised column completes its update.
  func engines(of item: QueuedByDelta, at delta: DeltaText) -> Set<Engine> {
    guard isBefore(item.delta, delta) else { return [] }
    let ends = (item.name.flatMap { syncEnds[$0] } ?? []).filter { isBefore($0.delta, delta) }
    return ends.reduce(item.engines.intersection(delta.engines)) { $0.subtracting($1.engines) }
  }

  private func isBefore(_ first: DeltaText, _ second: DeltaText) -> Bool {
    (first.file.version, first.file.name) < (second.file.version, second.file.name)
  }

  private func unfinished(_ delta: DeltaText, _ pending: [(item: QueuedByDelta, footprint: UpdateFootprint)])
    -> [Finding]
  {
    delta.statements.enumerated().flatMap { index, statement -> [Finding] in
      let demands = SchemaDemand.all(in: statement.text).filter { demand in
        // A table that is rebuilt comes back under its name.
        guard case .tableGoes(let table) = demand else { return true }
        return !delta.statements.dropFirst(index + 1).contains {
          SchemaDemand.tableMade(by: $0.text) == table
        }
      }
      return demands.flatMap { demand in
        pending.compactMap { item, footprint in
          // What goes is missed by the trigger, too, whether the update is finished or not.
          if item.declaration?.syncColumn != nil, demand.takesAway { return nil }
          guard let what = conflict(demand, footprint), let rule = Rule.find("U03") else { return nil }
          return Finding(
            rule, "'\(item.shownName)' of version \(item.version) may still be queued, and \(what)",
            file: delta.file.path, position: statement.position, statement: statement.text,
            cause: item.delta.file.path)
        }
      }
    }
  }

  func conflict(_ demand: SchemaDemand, _ footprint: UpdateFootprint) -> String? {
    switch demand {
    case .tableGoes(let table):
      footprint.tables.contains(table) ? "works on '\(table)', which goes" : nil
    case .columnGoes(let table, let column):
      footprint.tables.contains(table) && footprint.words.contains(column)
        ? "uses '\(table).\(column)', which goes" : nil
    case .notNull(let table, let column):
      footprint.written[table]?.contains(column) ?? false
        ? "writes '\(table).\(column)', which must not be NULL any more" : nil
    case .unique(let table, let columns):
      footprint.written[table].map { !$0.isDisjoint(with: columns) } ?? false
        ? "writes '\(table)' (\(columns.joined(separator: ", "))), which is to be unique" : nil
    case .indexGoes(let index):
      footprint.index == index ? "builds the index '\(index)', which goes" : nil
    case .indexIsThere(let index):
      footprint.index == index ? "builds the index '\(index)', which is to be a constraint's" : nil
    }
  }

  /// What an updates file demands of earlier ones, without saying that it depends on them.
  private func unfinishedDeclarations(
    _ delta: DeltaText, _ pending: [(item: QueuedByDelta, footprint: UpdateFootprint)]
  ) -> [Finding] {
    queued.filter { $0.declaration != nil && $0.delta.file == delta.file }.flatMap { declared -> [Finding] in
      guard let demand = demand(of: declared) else { return [] }
      return pending.compactMap { item, footprint in
        guard let name = item.name, !waits(declared, for: name), let what = conflict(demand, footprint) else {
          return nil
        }
        return finding(
          "U03", declared,
          "'\(name)' of version \(item.version) may still be queued, and \(what); '\(declared.shownName)' does not depend on it",
          cause: item.delta.file.path)
      }
    }
  }

  private func demand(of declared: QueuedByDelta) -> SchemaDemand? {
    switch declared.declaration?.kind {
    case .constraint(let constraint):
      guard case .notNull(let column) = constraint.rule else { return nil }
      return .notNull(table: constraint.table.lowercased(), column: column.lowercased())
    case .validateConstraint(let constraint):
      return constraint.setNotNull.map {
        .notNull(table: constraint.table.lowercased(), column: $0.lowercased())
      }
    case .index(let index) where index.isUnique:
      return .unique(table: index.table.lowercased(), columns: index.columns.map { $0.lowercased() })
    default: return nil
    }
  }

  /// Whether an update waits for another, perhaps by way of others.
  private func waits(_ item: QueuedByDelta, for name: String) -> Bool {
    var (seen, rest): (Set<String>, [String]) = ([], item.dependsOn)
    while let next = rest.popLast() {
      if next == name { return true }
      if seen.insert(next).inserted { rest += origins[next]?.dependsOn ?? [] }
    }
    return false
  }
}
