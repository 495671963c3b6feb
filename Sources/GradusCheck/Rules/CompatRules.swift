import Gradus
import GradusCatalog
import GradusSQL

/// Finds what of a delta's changes breaks versions that are still admitted. Pure.
struct CompatRules {
  /// What the delta does.
  let trace: DeltaTrace

  /// A rule, and what breaks it.
  typealias Hit = (id: String, message: String)

  /// The findings, in the order of the changes.
  func findings() -> [Finding] {
    trace.changes.flatMap { change in
      judge(change).compactMap { Finding($0.id, $0.message, at: trace.step(of: change), of: trace) }
    } + lostRowIDs()
  }

  private func judge(_ change: CatalogChange) -> [Hit] {
    guard let table = change.table else { return judgeOther(change).map { [$0] } ?? lostColumns(change) }
    guard let known = trace.known.table(table) else { return lostWrites(change, through: table) }
    switch change {
    case .changeColumn(_, let old, let new): return judgeColumn(table, known, old, new)
    // They name the table or column that gets another name.
    case .addConstraint, .dropConstraint, .addIndex, .dropIndex, .addTrigger, .addObject, .changeObject:
      if trace.isRename(change) { return [] }
    default: break
    }
    return judge(change, of: table, known).map { [$0] } ?? []
  }

  /// - Parameter known: the table as admitted versions know it.
  private func judge(_ change: CatalogChange, of table: String, _ known: CatalogTable) -> Hit? {
    switch change {
    case .dropTable:
      return trace.isRename(change)
        ? ("C03", "the table '\(table)' gets another name") : ("C02", "the table '\(table)' goes")
    case .dropColumn(_, let column):
      guard known.column(column.name) != nil else { return nil }
      return trace.isRename(change)
        ? ("C03", "the column '\(table).\(column.name)' gets another name")
        : ("C01", "the column '\(table).\(column.name)' goes")
    case .addColumn(_, let column):
      // One that gets another name is no new one.
      return column.demandsValue && !trace.isRename(change) ? demand(table, column) : nil
    case .addConstraint(_, let constraint): return judgeNew(constraint, of: table, known)
    case .dropConstraint(_, let constraint):
      let isKey = constraint.kind == .unique || constraint.kind == .primaryKey
      return isKey && known.constraints.contains(constraint) ? lostKey(UniqueKey(constraint), of: table) : nil
    case .addIndex(_, let name, let index):
      guard index.isUnique, isNew(UniqueKey(index), of: table, known) else { return nil }
      return ("C07", "'\(name)' admits each key of '\(table)' once")
    case .dropIndex(_, let name, let index):
      let isKnown = known.indexes[name] != nil || known.indexes.values.contains(index)
      return index.isUnique && isKnown ? lostKey(UniqueKey(index), of: table) : nil
    case .addTrigger(_, let name, _):
      return ("C13", "the trigger '\(name)' runs for every writer of '\(table)'")
    case .addObject(let object), .changeObject(_, let object):
      guard [.rule, .policy, .rowSecurity].contains(object.kind) else { return nil }
      return ("C13", "the \(object.title) holds for what admitted versions read and write, too")
    case .addOption(_, "strict"): return ("C06", "'\(table)' refuses values of other types than its columns'")
    default: return nil
    }
  }

  /// What belongs to no table.
  private func judgeOther(_ change: CatalogChange) -> Hit? {
    let known = trace.known.catalog
    switch change {
    case .dropView(let view, _):
      guard known.views[view] != nil || known.materializedViews[view] != nil, columns(of: view) == nil else {
        return nil
      }
      return lost("view", view, change)
    case .dropSequence(let name):
      // One that becomes a column's is there still.
      guard known.sequences.contains(name), !trace.after.ownedSequences.contains(name) else { return nil }
      return lost("sequence", name, change)
    case .dropFunction(let name, let definition):
      // Those of triggers are called by nobody else.
      guard known.functions[name] != nil, trace.after.functions[name] == nil,
        !definition.contains(#/\bRETURNS (event_)?trigger\b/#)
      else { return nil }
      return lost("function", name, change)
    case .changeEnumeration(let name, let old, let new):
      guard known.enumerations[name] != nil, !old.isEmpty else { return nil }
      let lost = old.filter { !new.contains($0) }
      return lost.isEmpty
        ? ("C10", "'\(name)' has new values: \(new.filter { !old.contains($0) }.joined(separator: ", "))")
        : ("C06", "'\(name)' loses values: \(lost.joined(separator: ", "))")
    case .changeObject(let old, let new):
      guard new.kind == .domain, known.objects[old.title] != nil, !trace.isRename(change) else { return nil }
      let demanded = Set(old.demands.map(CatalogObject.withoutName))
      let added = new.demands.filter { !demanded.contains(CatalogObject.withoutName($0)) }
      guard !added.isEmpty else { return nil }
      return (
        "C08", "the domain '\(new.name)' refuses what fails \(added.joined(separator: ", "))"
      )
    case .dropObject(let object):
      guard object.kind == .aggregate, known.objects[object.title] != nil else { return nil }
      return lost("aggregate", object.name, change)
    default: return nil
    }
  }

  private func lost(_ kind: String, _ name: String, _ change: CatalogChange) -> Hit {
    trace.isRename(change)
      ? ("C03", "the \(kind) '\(name)' gets another name") : ("C02", "the \(kind) '\(name)' goes")
  }
}

extension CatalogObject {
  /// What a domain asks of values, a line each of its definition.
  fileprivate var demands: [String] {
    definition.split(whereSeparator: \.isNewline).map { line in String(line.drop { $0 == " " }) }
      .filter { $0.hasPrefix("CONSTRAINT ") || $0 == "NOT NULL" }
  }

  /// Of a demand what it demands, under whatever name.
  fileprivate static func withoutName(_ demand: String) -> String {
    demand.range(of: " CHECK (").map { String(demand[$0.lowerBound...]) } ?? demand
  }
}
