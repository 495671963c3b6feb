import GradusCatalog

extension CompatRules {
  /// What a view that is made anew has no more.
  func lostColumns(_ change: CatalogChange) -> [Hit] {
    guard case .dropView(let view, _) = change, let old = trace.known.columns(ofView: view),
      let new = columns(of: view)
    else { return [] }
    let (id, what) = trace.isRename(change) ? ("C03", "gets another name") : ("C01", "goes")
    return old.filter { !new.contains($0) }.map { (id, "the column '\(view).\($0)' \(what)") }
  }

  /// The columns of a view, or of the table that has taken its place.
  func columns(of view: String) -> [String]? {
    (trace.after.views[view] ?? trace.after.materializedViews[view])?.columns
      ?? trace.after.tables[view]?.columns.map(\.name)
  }

  /// What admitted versions write a view with, where nothing takes the place of the trigger or rule that did it.
  func lostWrites(_ change: CatalogChange, through view: String) -> [Hit] {
    let lost: (title: String, definition: String)
    switch change {
    case .dropTrigger(_, let name, let definition): lost = ("trigger '\(name)'", definition)
    case .dropObject(let object) where object.kind == .rule:
      lost = ("rule '\(object.name)'", object.definition)
    default: return []
    }
    let writes = Catalog.writes(by: lost.definition).intersection(trace.known.catalog.writes(through: view))
      .subtracting(trace.after.writes(through: view))
    guard !writes.isEmpty else { return [] }
    let list = writes.sorted().map { $0.uppercased() }.joined(separator: ", ")
    return [("C02", "the \(lost.title) goes, by which the view '\(view)' takes \(list)")]
  }
}

extension Catalog {
  /// The statements, in lower case, that triggers and rules carry out for a view; none of a table.
  fileprivate func writes(through view: String) -> Set<String> {
    guard let triggers = views[view]?.triggers.values else { return [] }
    let rules = objects.values.filter { $0.kind == .rule && $0.table == view }.map(\.definition)
    return (triggers + rules).reduce(into: []) { $0.formUnion(Self.writes(by: $1)) }
  }

  /// Those that a trigger or rule carries out instead of the engine, by its definition.
  fileprivate static func writes(by definition: String) -> Set<String> {
    let words = SQLWords(definition)
    for index in 0..<words.count {
      if words.has("instead", "of", at: index) {
        var place = index + 2
        var writes: Set = [words[place]]
        while words.has("or", at: place + 1) {
          place += 2
          writes.insert(words[place])
        }
        return writes
      }
      // CREATE RULE r AS ON INSERT TO v DO INSTEAD ...
      if words.has("as", "on", at: index), words.has("to", at: index + 3) {
        let isInstead = (index..<words.count).contains { words.has("do", "instead", at: $0) }
        return isInstead ? [words[index + 2]] : []
      }
    }
    return []
  }
}
