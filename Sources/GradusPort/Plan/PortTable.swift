import GradusSQL

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
  /// Whether the target keeps its rows in partitions.
  package var isPartitioned: Bool

  package enum Key: Sendable, Hashable {
    case rowID(String)
    case columns([KeyColumn])

    /// The columns.
    package var names: [String] {
      switch self {
      case .rowID(let name): [name]
      case .columns(let columns): columns.map(\.name)
      }
    }
  }

  /// Its own rows in the target, as SQL, without those of tables that inherit from it.
  var ownRows: String { Self.ownRows(of: name, isPartitioned: isPartitioned) }

  /// A table's own rows, as `ownRows`.
  static func ownRows(of name: String, isPartitioned: Bool) -> String {
    (isPartitioned ? "" : "ONLY ") + SQLText.identifier(name)
  }

  package init(
    sourceName: String, name: String, columns: [PortColumn], key: Key, uniqueColumns: [String] = [],
    isIndexed: Bool = false, isPartitioned: Bool = false
  ) {
    self.sourceName = sourceName
    self.name = name
    self.columns = columns
    self.key = key
    self.uniqueColumns = uniqueColumns
    self.isIndexed = isIndexed
    self.isPartitioned = isPartitioned
  }
}
