import Gradus

extension CatalogConstraint {
  /// The table among these that a foreign key refers to, in whatever letter case either is written; nil where it is none
  /// of them.
  package func parent(among tables: some Collection<String>) -> String? {
    guard let parent else { return nil }
    if tables.contains(parent) { return parent }
    let name = SQLiteName(parent)
    return tables.first { SQLiteName($0) == name }
  }
}
