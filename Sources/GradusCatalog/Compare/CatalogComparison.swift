import GradusSQL

/// Finds what changed from one schema to another.
package final class CatalogComparison {
  private let old: Catalog
  private let new: Catalog
  private var changes: [CatalogChange] = []

  /// What changed, by name. A change is a drop and an addition where it cannot be told otherwise, such as a rename.
  package static func changes(from old: Catalog, to new: Catalog) -> [CatalogChange] {
    let comparison = CatalogComparison(old: old, new: new.spelled(like: old))
    comparison.compare()
    return comparison.changes
  }

  private init(old: Catalog, new: Catalog) {
    self.old = old
    self.new = new
  }

  private func compare() {
    compare(old.tables, new.tables) { name, from, to in
      switch (from, to) {
      case (let from?, let to?) where from != to: compareTable(name, from, to)
      // Most are the very same in memory, which is told at once.
      case (_?, _?): break
      case (_?, nil): changes.append(.dropTable(name))
      default: changes.append(.addTable(name))
      }
    }
    compareViews(old.views, new.views)
    compareViews(old.materializedViews, new.materializedViews)
    compareTexts(old.functions, new.functions, drop: { .dropFunction($0, $1) }, add: { .addFunction($0, $1) })
    changes += old.sequences.subtracting(new.sequences).sorted().map { .dropSequence($0) }
    changes += new.sequences.subtracting(old.sequences).sorted().map { .addSequence($0) }
    compare(old.enumerations, new.enumerations) { name, from, to in
      if from != to { changes.append(.changeEnumeration(name, from: from ?? [], to: to ?? [])) }
    }
    compareObjects()
  }

  /// What belongs to a table or view comes and goes with it.
  private func compareObjects() {
    compare(old.objects, new.objects) { _, from, to in
      switch (from, to) {
      case (let from?, let to?):
        if from != to { changes.append(.changeObject(from: from, to: to)) }
      case (let from?, nil):
        if new.isTold(from) { changes.append(.dropObject(from)) }
      case (nil, let to?):
        if old.isTold(to) { changes.append(.addObject(to)) }
      case (nil, nil): break
      }
    }
  }

  private func compareTable(_ name: String, _ old: CatalogTable, _ new: CatalogTable) {
    compareColumns(name, old, new)
    compareConstraints(name, old.constraints, new.constraints)
    compare(old.indexes, new.indexes) { index, from, to in
      guard from != to else { return }
      if let from { changes.append(.dropIndex(name, name: index, from)) }
      if let to { changes.append(.addIndex(name, name: index, to)) }
    }
    compareTriggers(of: name, old.triggers, new.triggers)
    changes += old.options.subtracting(new.options).sorted().map { .dropOption(name, $0) }
    changes += new.options.subtracting(old.options).sorted().map { .addOption(name, $0) }
  }

  /// The triggers of a view that comes or goes do so with it.
  private func compareViews(_ old: [String: CatalogView], _ new: [String: CatalogView]) {
    compareTexts(
      old.mapValues(\.definition), new.mapValues(\.definition), drop: { .dropView($0, $1) },
      add: { .addView($0, $1) })
    compare(old, new) { name, from, to in
      if let from, let to { compareTriggers(of: name, from.triggers, to.triggers) }
    }
  }

  private func compareTriggers(of name: String, _ old: [String: String], _ new: [String: String]) {
    compareTexts(
      old, new, drop: { .dropTrigger(name, name: $0, $1) }, add: { .addTrigger(name, name: $0, $1) })
  }

  private func compareColumns(_ name: String, _ old: CatalogTable, _ new: CatalogTable) {
    for column in old.columns {
      guard let other = new.column(column.name) else {
        changes.append(.dropColumn(name, column))
        continue
      }
      if column != other { changes.append(.changeColumn(name, from: column, to: other)) }
    }
    changes += new.columns.filter { old.column($0.name) == nil }.map { .addColumn(name, $0) }
    let before = old.columns.map(\.name).filter { new.column($0) != nil }
    let after = new.columns.map(\.name).filter { old.column($0) != nil }
    if before != after { changes.append(.reorderColumns(name, from: before, to: after)) }
  }

  /// Constraints that differ only in whether they are validated are the same one.
  private func compareConstraints(
    _ name: String, _ old: Set<CatalogConstraint>, _ new: Set<CatalogConstraint>
  ) {
    func keyed(_ constraints: Set<CatalogConstraint>) -> [CatalogConstraint: CatalogConstraint] {
      Dictionary(
        constraints.map { constraint in
          var key = constraint
          key.isValidated = true
          return (key, constraint)
        }, uniquingKeysWith: { first, _ in first })
    }
    let (old, new) = (keyed(old), keyed(new))
    for (key, constraint) in old.sorted(by: { "\($0.key)" < "\($1.key)" }) {
      guard let other = new[key] else {
        changes.append(.dropConstraint(name, constraint))
        continue
      }
      if other.isValidated != constraint.isValidated {
        changes.append(.validateConstraint(name, other, isValidated: other.isValidated))
      }
    }
    changes += new.filter { old[$0.key] == nil }.values.sorted { "\($0)" < "\($1)" }
      .map { .addConstraint(name, $0) }
  }

  private func compareTexts(
    _ old: [String: String], _ new: [String: String], drop: (String, String) -> CatalogChange,
    add: (String, String) -> CatalogChange
  ) {
    compare(old, new) { name, from, to in
      guard !from.hasSameBytes(as: to) else { return }
      if let from { changes.append(drop(name, from)) }
      if let to { changes.append(add(name, to)) }
    }
  }

  private func compare<Value>(
    _ old: [String: Value], _ new: [String: Value], _ body: (String, Value?, Value?) -> Void
  ) {
    for name in Set(old.keys).union(new.keys).sorted() { body(name, old[name], new[name]) }
  }
}

extension Catalog {
  /// Whether it is told of an object that only the other schema has. A sequence is told of as such, or with its column.
  fileprivate func isTold(_ object: CatalogObject) -> Bool {
    guard object.kind != .sequence else { return false }
    guard let table = object.table else { return true }
    return tables[table] != nil || views[table] != nil || materializedViews[table] != nil
  }
}
