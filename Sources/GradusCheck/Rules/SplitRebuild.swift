import Gradus
import GradusCatalog
import GradusSQL

/// A table that several deltas of a version make anew: one takes it away, by DROP or RENAME, and a later one puts another
/// in its place. No delta has it both before and after. Pure.
struct SplitRebuild {
  private let table: String
  /// The first of them, as if it did what they do together: until the table is back, and until the version ends.
  private let back: DeltaTrace
  private let end: DeltaTrace
  /// The one with which the table is back.
  private let file: SchemaFile

  /// Those that begin with a delta.
  ///
  /// - Parameters:
  ///   - first: the delta.
  ///   - traces: all of its version on its engine, in order.
  static func all(beginningWith first: DeltaTrace, among traces: [DeltaTrace]) -> [SplitRebuild] {
    let gone = first.before.tables.keys.filter { name in
      first.after.tables[name] == nil && first.known.origins[name] != nil
    }
    guard !gone.isEmpty, let place = traces.firstIndex(where: { $0.file == first.file }) else { return [] }
    var known = first.known
    for trace in traces[place...] { known.follow(trace) }
    let copies = copies(in: traces)
    return gone.sorted().compactMap { name in
      let origin = first.known.origins[name]
      // Its own rows may be kept under another name: then what has its name now is it where the rows were copied.
      let isCopied =
        known.origins[name] == nil && origin == first.engine.folded(name)
        && copies[name.lowercased(), default: []].contains(origin)
      // Not where another table that was there before has its name by then.
      guard known.origins[name] == origin || isCopied,
        let back = traces[(place + 1)...].first(where: { find(name, after: $0) != nil }),
        let last = traces.last, let together = join(first, name, back), let whole = join(first, name, last)
      else { return nil }
      return SplitRebuild(table: name, back: together, end: whole, file: back.file)
    }
  }

  /// The tables that get rows of tables of the version before, by their names in the end, in lower case; with the names
  /// that the version before gives those.
  private static func copies(in traces: [DeltaTrace]) -> [String: Set<String?>] {
    var copies: [String: Set<String?>] = [:]
    for statement in traces.flatMap({ TracedStatement.all(of: $0) }) {
      for action in statement.analysis.actions {
        switch action {
        case .dropTable(let name): copies[name.lowercased()] = nil
        case .renameTable(let old, let new):
          copies[new.lowercased()] = copies.removeValue(forKey: old.lowercased())
        default: break
        }
      }
      let words = SQLWords(statement.analysis.text)
      guard let copy = TableCopy(words) else { continue }
      for index in 0..<words.count where words.has("from", at: index) || words.has("join", at: index) {
        let source = words.name(at: index + 1).name
        // Of words it is not known any more which were in quotes.
        let tables = statement.existing.filter { $0.lowercased() == source }
        copies[copy.table, default: []].formUnion(tables.map { statement.origins[$0] })
      }
    }
    return copies
  }

  /// What is lost or demanded when the table is back, and still when the version ends: what comes between the two is found
  /// by itself.
  ///
  /// - Parameter admitsOlder: whether older versions are admitted, which may break.
  func findings(admitsOlder: Bool) -> [Finding] {
    var found = losses()
    if admitsOlder {
      let left = Set(CompatRules(trace: end).findings())
      found += CompatRules(trace: back).findings().filter(left.contains)
    }
    return found.map { finding in
      var finding = finding
      finding.cause = file.path
      return finding
    }
  }

  /// What goes with the table, and does not come back with it.
  private func losses() -> [Finding] {
    guard let old = back.before.tables[table], let new = back.after.tables[table],
      let last = end.after.tables[table]
    else { return [] }
    let step = back.step(of: .dropTable(table))
    switch back.engine {
    case .sqlite:
      let left = RebuildRules.lost(old, last)
      let lost = RebuildRules.lost(old, new).filter(left.contains)
      guard !lost.isEmpty else { return [] }
      let message = "'\(table)' is rebuilt without \(lost.joined(separator: ", "))"
      return [Finding("L02", message, at: step, of: back)].compactMap { $0 }
    case .postgres:
      let left = RebuildRules.lostIndexes(old, last)
      return RebuildRules.lostIndexes(old, new).filter(left.contains).compactMap {
        Finding("D04", "'\($0)' of '\(table)' goes", at: step, of: back)
      }
    }
  }

  /// A delta as if another one's table were what it makes of its own; nil where that one has none.
  private static func join(_ first: DeltaTrace, _ name: String, _ other: DeltaTrace) -> DeltaTrace? {
    guard let found = find(name, after: other) else { return nil }
    var catalog = first.before
    catalog.tables[name] = found.value
    var trace = first
    trace.after = catalog.spelled(like: first.before)
    trace.satisfiedChecks = other.satisfiedChecks[found.key].map { [name: $0] } ?? [:]
    return trace
  }

  /// A table after a delta, in whatever letter case.
  private static func find(
    _ name: String, after trace: DeltaTrace
  ) -> (key: String, value: CatalogTable)? {
    if let table = trace.after.tables[name] { return (name, table) }
    let folded = trace.engine.folded(name)
    return trace.after.tables.first { trace.engine.folded($0.key) == folded }
  }
}
