import Gradus

extension Catalog {
  /// The same schema with names as another one writes them, where their letter case makes no difference: a table that is
  /// made anew as `Things` is `things` still.
  package func spelled(like other: Catalog) -> Catalog {
    guard foldsCase, other.foldsCase, self != other else { return self }
    var result = self
    result.tables = Self.spelled(tables, like: other.tables) { table, known in
      var table = table.spelled(like: known)
      table.spellForeignKeys(like: known, self, other)
      return table
    }
    result.views = Self.spelled(views, like: other.views) { view, known in
      var view = view
      view.columns = Spelling(known.columns).of(view.columns)
      view.triggers = Self.spelled(view.triggers, like: known.triggers)
      return view
    }
    return result
  }

  fileprivate static func spelled<Value>(
    _ values: [String: Value], like known: [String: Value],
    _ body: (Value, Value) -> Value = { value, _ in value }
  ) -> [String: Value] {
    let spelling = Spelling(known.keys)
    return Dictionary(
      values.map { name, value in
        let name = spelling.of(name)
        return (name, known[name].map { body(value, $0) } ?? value)
      }, uniquingKeysWith: { first, _ in first })
  }

  fileprivate func primaryKey(of table: String) -> [String]? {
    tables.first { SQLiteName($0.key) == SQLiteName(table) }?.value.primaryKey
  }
}

extension CatalogTable {
  fileprivate func spelled(like known: CatalogTable) -> CatalogTable {
    var table = self
    let spelling = Spelling(known.columns.map(\.name))
    for index in table.columns.indices { table.columns[index].name = spelling.of(table.columns[index].name) }
    table.constraints = Set(
      constraints.map { constraint in
        var constraint = constraint
        constraint.columns = spelling.of(constraint.columns)
        constraint.collations = spelling.of(constraint.collations)
        return constraint
      })
    table.indexes = Catalog.spelled(
      indexes.mapValues { index in
        var index = index
        index.columns = spelling.of(index.columns)
        index.collations = spelling.of(index.collations)
        return index
      }, like: known.indexes)
    table.triggers = Catalog.spelled(triggers, like: known.triggers)
    return table
  }

  /// A foreign key that names no columns is the one that names those of the primary key.
  fileprivate mutating func spellForeignKeys(like known: CatalogTable, _ catalogs: Catalog...) {
    let others = known.constraints.subtracting(constraints).filter { $0.kind == .foreignKey }
    guard !others.isEmpty else { return }
    constraints = Set(
      constraints.map { key in
        guard key.kind == .foreignKey, !known.constraints.contains(key) else { return key }
        return others.first { $0.columns == key.columns && $0.isSame(as: key, in: catalogs) } ?? key
      })
  }
}

extension CatalogConstraint {
  fileprivate func isSame(as other: CatalogConstraint, in catalogs: [Catalog]) -> Bool {
    guard let parent = impliedParent ?? other.impliedParent else { return false }
    // The primary key before a change, or after it.
    return catalogs.contains { catalog in
      guard let key = catalog.primaryKey(of: parent) else { return false }
      return written(by: key) == other.written(by: key)
    }
  }

  /// The definition with the columns that it refers to.
  private func written(by primaryKey: [String]) -> String {
    guard let impliedParent else { return definition }
    let columns = primaryKey.map { SQLiteName($0).text }.joined(separator: ", ")
    let reference = " references \(impliedParent)"
    return definition.replacing(reference, with: "\(reference) (\(columns))", maxReplacements: 1)
  }
}

/// How names are written, by any way to write them.
private struct Spelling {
  private let names: [SQLiteName: String]

  init(_ names: some Sequence<String>) {
    self.names = Dictionary(names.map { (SQLiteName($0), $0) }, uniquingKeysWith: { first, _ in first })
  }

  func of(_ name: String) -> String { names[SQLiteName(name)] ?? name }

  func of(_ names: [String]) -> [String] { names.map { of($0) } }

  func of(_ values: [String: String]) -> [String: String] {
    Dictionary(values.map { (of($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}
