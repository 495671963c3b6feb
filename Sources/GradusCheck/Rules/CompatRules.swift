import Gradus
import GradusCatalog

/// Finds what of a delta's changes breaks versions that are still admitted. Pure.
struct CompatRules {
  /// What the delta does.
  let trace: DeltaTrace
  /// The tables that admitted versions know: those of the version before.
  let known: Set<String>

  init(_ trace: DeltaTrace, known: Set<String>) {
    self.trace = trace
    self.known = known
  }

  /// The findings, in the order of the changes.
  func findings() -> [Finding] {
    let changes = trace.changes
    return changes.flatMap { change in
      judgeAll(change, changes).compactMap {
        Finding($0.id, $0.message, at: trace.step(of: change), of: trace)
      }
    }
  }

  /// A rule, and what breaks it.
  private typealias Hit = (id: String, message: String)

  private func judgeAll(_ change: CatalogChange, _ changes: [CatalogChange]) -> [Hit] {
    guard case .changeColumn(let table, let old, let new) = change else {
      return judge(change, changes).map { [$0] } ?? []
    }
    return known.contains(table) ? judgeColumn("\(table).\(new.name)", old, new) : []
  }

  private func judge(_ change: CatalogChange, _ changes: [CatalogChange]) -> Hit? {
    if let table = change.table, !known.contains(table) { return nil }
    switch change {
    // They name the table or column that gets another name.
    case .addConstraint, .dropConstraint, .addIndex, .dropIndex, .addTrigger:
      if trace.isRename(change) { return nil }
    default: break
    }
    switch change {
    case .dropTable(let table):
      return trace.isRename(change)
        ? ("C03", "the table '\(table)' gets another name") : ("C02", "the table '\(table)' goes")
    case .dropView(let view, _) where !changes.contains(where: { isView($0, view) }):
      return ("C02", "the view '\(view)' goes")
    case .dropColumn(let table, let column):
      return trace.isRename(change)
        ? ("C03", "the column '\(table).\(column.name)' gets another name")
        : ("C01", "the column '\(table).\(column.name)' goes")
    case .addColumn(let table, let column):
      guard !column.isNullable, column.defaultValue == nil, column.generation == nil else { return nil }
      return ("C04", "the new column '\(table).\(column.name)' has to be given a value by every INSERT")
    case .addConstraint(let table, let constraint): return judgeNew(constraint, table, changes)
    case .dropConstraint(let table, let constraint):
      guard constraint.kind == .unique || constraint.kind == .primaryKey else { return nil }
      return lostKey(table, constraint.columns)
    case .addIndex(let table, let name, let index):
      guard index.isUnique, !hadKey(table, index.columns, isPartial: index.isPartial) else { return nil }
      return ("C07", "'\(name)' admits each key of '\(table)' once")
    case .dropIndex(let table, _, let index): return index.isUnique ? lostKey(table, index.columns) : nil
    case .addTrigger(let table, let name, _):
      return ("C13", "the trigger '\(name)' runs for every writer of '\(table)'")
    case .changeEnumeration(let name, let old, let new):
      guard !old.isEmpty else { return nil }
      let lost = old.filter { !new.contains($0) }
      return lost.isEmpty
        ? ("C10", "'\(name)' has new values: \(new.filter { !old.contains($0) }.joined(separator: ", "))")
        : ("C06", "'\(name)' loses values: \(lost.joined(separator: ", "))")
    default: return nil
    }
  }

  private func judgeColumn(_ name: String, _ old: CatalogColumn, _ new: CatalogColumn) -> [Hit] {
    var found: [Hit] = []
    switch TypeChange(from: old.type, to: new.type, on: trace.engine) {
    case .narrows: found.append(("C06", "'\(name)' was \(old.type), and is \(new.type)"))
    case .widens: found.append(("C10", "'\(name)' was \(old.type), and is \(new.type)"))
    case .same: break
    }
    if old.isNullable && !new.isNullable { found.append(("C05", "'\(name)' refuses NULL")) }
    if !old.isNullable && new.isNullable { found.append(("C09", "'\(name)' may be NULL")) }
    if old.defaultValue != nil || old.generation != nil, new.defaultValue == nil, new.generation == nil {
      found.append(("C11", "'\(name)' has no default any more"))
    } else if let value = old.defaultValue, let other = new.defaultValue, value != other,
      old.type == new.type || Self.withoutType(value) != Self.withoutType(other)
    {
      found.append(("C11", "the default of '\(name)' was \(value), and is \(other)"))
    }
    return found
  }

  /// A default as it may have been written: PostgreSQL gives it the type of its column, `'1'::bigint`.
  private static func withoutType(_ value: String) -> String {
    value.replacing(#/::[a-z ]+(?:\([0-9, ]+\))?(?:\[\])?/#, with: "").filter { !"'()".contains($0) }
  }

  private func judgeNew(_ constraint: CatalogConstraint, _ table: String, _ changes: [CatalogChange]) -> Hit?
  {
    let isNew = !(trace.before.tables[table]?.constraints ?? []).contains {
      $0.kind == constraint.kind && $0.columns == constraint.columns && $0.definition == constraint.definition
    }
    guard isNew else { return nil }
    // Of columns that no admitted version writes.
    let old = Set(trace.before.tables[table]?.columns.map(\.name) ?? [])
    if !constraint.columns.isEmpty, old.isDisjoint(with: constraint.columns) { return nil }
    switch constraint.kind {
    case .primaryKey, .unique:
      guard !hadKey(table, constraint.columns, isPartial: false) else { return nil }
      return ("C07", "'\(table)' admits each \(constraint.columns.joined(separator: ", ")) once")
    case .check, .foreignKey, .exclusion:
      return ("C08", "'\(table)' refuses rows that do not satisfy: \(constraint.definition)")
    }
  }

  private func hadKey(_ table: String, _ columns: [String], isPartial: Bool) -> Bool {
    !isPartial && keys(of: trace.before.tables[table]).contains(Set(columns))
  }

  /// Nil where another unique index or constraint has the same columns.
  private func lostKey(_ table: String, _ columns: [String]) -> Hit? {
    guard trace.after.tables[table] != nil, !keys(of: trace.after.tables[table]).contains(Set(columns)) else {
      return nil
    }
    return ("C12", "'\(table)' has no unique key of \(columns.joined(separator: ", ")) any more")
  }

  private func keys(of table: CatalogTable?) -> Set<Set<String>> {
    Set(table?.uniqueKeys.map { Set($0) } ?? [])
  }

  private func isView(_ change: CatalogChange, _ name: String) -> Bool {
    if case .addView(name, _) = change { true } else { false }
  }
}
