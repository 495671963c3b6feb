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
    trace.ownChanges.flatMap { change in
      judge(change).compactMap { Finding($0.id, $0.message, at: trace.step(of: change), of: trace) }
    } + lostRowIDs()
  }

  private func judge(_ change: CatalogChange) -> [Hit] {
    guard let table = change.table else { return judgeOther(change).map { [$0] } ?? lostColumns(change) }
    guard let known = trace.known.table(table) else { return lostWrites(change, through: table) }
    switch change {
    case .changeColumn(_, let old, let new):
      // Where its type gets another name that is found of the type.
      let isOfType = trace.isRename(change)
      return judgeColumn(table, known, old, new).filter { !isOfType || !["C06", "C10"].contains($0.id) }
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
    case .dropObject(let state) where state.kind == .triggerState && !state.isOfRunningTrigger:
      return trace.after.tables[table]?.triggers[state.name].map { _ in enabled(state.name, of: table) }
    case .changeObject(let old, let new)
    where new.kind == .triggerState && !old.isOfRunningTrigger && new.isOfRunningTrigger:
      return enabled(new.name, of: table)
    case .addObject(let object), .changeObject(_, let object):
      guard [.rule, .policy, .rowSecurity].contains(object.kind) else { return nil }
      return ("C13", "the \(object.title) holds for what admitted versions read and write, too")
    case .addOption(_, let bound) where CatalogTable.isBound(bound):
      return ("C08", "'\(table)' becomes a partition, and refuses rows that are not \(bound)")
    case .dropOption(_, let bound) where CatalogTable.isBound(bound):
      guard trace.after.tables[table]?.isPartition == false else { return nil }
      return ("C02", "the rows of '\(table)' go from the table of which it is a partition")
    case .addOption(_, "strict"): return ("C06", "'\(table)' refuses values of other types than its columns'")
    default: return nil
    }
  }

  private func enabled(_ trigger: String, of table: String) -> Hit {
    ("C13", "the trigger '\(trigger)' runs again for every writer of '\(table)'")
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
      guard !new.isEmpty else { return lost("type", name, change) }
      let values = old.filter { !new.contains($0) }
      return values.isEmpty
        ? ("C10", "'\(name)' has new values: \(new.filter { !old.contains($0) }.joined(separator: ", "))")
        : ("C06", "'\(name)' loses values: \(values.joined(separator: ", "))")
    case .changeObject(let old, let new) where new.kind == .compositeType:
      return known.objects[old.title] == nil ? nil : judgeFields(old, new, change)
    case .changeObject(let old, let new):
      guard new.kind == .domain, known.objects[old.title] != nil, !trace.isRename(change) else { return nil }
      let demanded = Set(old.demands.map(CatalogObject.withoutName))
      let added = new.demands.filter { !demanded.contains(CatalogObject.withoutName($0)) }
      guard !added.isEmpty else { return nil }
      return (
        "C08", "the domain '\(new.name)' refuses what fails \(added.joined(separator: ", "))"
      )
    case .dropObject(let object):
      guard [.aggregate, .compositeType, .domain, .rangeType].contains(object.kind),
        known.objects[object.title] != nil
      else { return nil }
      return lost(object.kind.rawValue, object.name, change)
    default: return nil
    }
  }

  /// A composite type's values are written whole: each has to have as many fields as the type.
  private func judgeFields(_ old: CatalogObject, _ new: CatalogObject, _ change: CatalogChange) -> Hit? {
    let (before, after) = (old.fields, new.fields)
    if let gone = before.first(where: { field in !after.contains { $0.name == field.name } }) {
      return trace.isRename(change)
        ? ("C03", "the field '\(new.name).\(gone.name)' gets another name")
        : ("C01", "the field '\(new.name).\(gone.name)' goes")
    }
    if let added = after.first(where: { field in !before.contains { $0.name == field.name } }) {
      return ("C06", "'\(new.name)' takes no values without the new field '\(added.name)'")
    }
    let changes = zip(before, after).filter { $0.type != $1.type }
    guard let (was, now) = changes.first else { return nil }
    let narrows = changes.contains { TypeChange(from: $0.type, to: $1.type, on: trace.engine) == .narrows }
    return (narrows ? "C06" : "C10", "'\(new.name).\(was.name)' was \(was.type), and is \(now.type)")
  }

  private func lost(_ kind: String, _ name: String, _ change: CatalogChange) -> Hit {
    trace.isRename(change)
      ? ("C03", "the \(kind) '\(name)' gets another name") : ("C02", "the \(kind) '\(name)' goes")
  }
}

extension CatalogObject {
  /// Whether the state of a trigger lets it run for ordinary sessions.
  fileprivate var isOfRunningTrigger: Bool { definition.contains(" ENABLE ALWAYS ") }

  /// The fields of a composite type, in order: `CREATE TYPE t AS (a text, "B" integer)`.
  fileprivate var fields: [(name: String, type: String)] {
    let words = SQLiteWords(definition)
    guard let open = words.tokens.indices.first(where: { words.isSymbol($0, "(") }) else { return [] }
    let list = (open + 1)..<max(open + 1, words.tokens.count - 1)
    let parts = words.parts(of: list) { words.isSymbol($0, ",") }
    return parts.filter { $0.count > 1 }.map { place in
      let (first, last) = (words.tokens[place.lowerBound + 1], words.tokens[place.upperBound - 1])
      let type = words.bytes[first.range.lowerBound..<last.range.upperBound]
      return (name: words.text(place.lowerBound), type: String(decoding: type, as: UTF8.self))
    }
  }

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
