/// A table that is copied.
package struct PortTable: Sendable, Hashable {
  /// Its name in the source.
  package var sourceName: String
  /// Its name in the target.
  package var name: String
  package var columns: [PortColumn]
  /// What rows are read in the order of: the name of the row id, or the primary key's columns.
  package var key: Key
  /// Columns by which a row of the target is found; empty where no key is unique.
  package var uniqueColumns: [String]
  /// Whether an index helps to find rows without such a key.
  package var isIndexed: Bool

  package enum Key: Sendable, Hashable {
    case rowID(String)
    case columns([String])

    /// The columns.
    package var names: [String] {
      switch self {
      case .rowID(let name): [name]
      case .columns(let names): names
      }
    }
  }

  package init(
    sourceName: String, name: String, columns: [PortColumn], key: Key, uniqueColumns: [String] = [],
    isIndexed: Bool = false
  ) {
    self.sourceName = sourceName
    self.name = name
    self.columns = columns
    self.key = key
    self.uniqueColumns = uniqueColumns
    self.isIndexed = isIndexed
  }
}
