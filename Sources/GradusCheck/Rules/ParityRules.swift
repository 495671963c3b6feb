import GradusCatalog

/// Finds what one engine's schema has and the other's has not. Pure.
///
/// Types have other names on each engine, and are not compared.
struct ParityRules {
  let sqlite: Catalog
  let postgres: Catalog

  init(sqlite: Catalog, postgres: Catalog) {
    self.sqlite = sqlite
    self.postgres = postgres
  }

  /// The findings, by table.
  func findings() -> [Finding] {
    guard let rule = Rule.find("D06") else { return [] }
    return messages().map { Finding(rule, $0, engines: [.sqlite, .postgres]) }
  }

  private func messages() -> [String] {
    var messages = lacking(Set(sqlite.tables.keys), Set(postgres.tables.keys), "table")
    for (name, table) in sqlite.tables.sorted(by: { $0.key < $1.key }) {
      guard let other = postgres.tables[name], !table.isVirtual else { continue }
      messages += compare(name, table, other)
    }
    return messages
  }

  private func compare(_ name: String, _ first: CatalogTable, _ second: CatalogTable) -> [String] {
    var messages = lacking(
      Set(first.columns.map(\.name)), Set(second.columns.map(\.name)), "column of '\(name)'")
    for column in first.columns {
      guard let other = second.column(column.name) else { continue }
      // A primary key of SQLite's is never NULL where it is the row id, which its catalog does not say.
      let isKey = first.primaryKey == [column.name]
      if !isKey, column.isNullable != other.isNullable {
        messages.append(
          "'\(name).\(column.name)' may be NULL on \(column.isNullable ? "SQLite" : "PostgreSQL") only")
      }
    }
    messages += lacking(keys(first), keys(second), "unique key of '\(name)'")
    messages += lacking(plainIndexes(first), plainIndexes(second), "index of '\(name)'")
    return messages
  }

  /// A unique index counts by its key: on one engine it may be a constraint.
  private func plainIndexes(_ table: CatalogTable) -> Set<String> {
    Set(table.indexes.filter { !$0.value.isUnique || $0.value.isPartial }.keys)
  }

  private func keys(_ table: CatalogTable) -> Set<String> {
    Set(table.uniqueKeys.map { $0.sorted().joined(separator: ", ") })
  }

  private func lacking(_ first: Set<String>, _ second: Set<String>, _ what: String) -> [String] {
    first.subtracting(second).sorted().map { "the \(what) '\($0)' is on SQLite only" }
      + second.subtracting(first).sorted().map { "the \(what) '\($0)' is on PostgreSQL only" }
  }
}
