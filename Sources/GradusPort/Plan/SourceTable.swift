/// A table of the source.
package struct SourceTable: Sendable, Hashable {
  package var name: String
  /// The columns that can be read, computed ones among them.
  package var columns: [String]
  /// The columns of the primary key, in its order; none where rows have a row id.
  package var primaryKey: [KeyColumn]
  /// Whether rows have no row id.
  package var isWithoutRowID: Bool
  /// Whether its rows are a module's own, as of full-text search.
  package var isVirtual: Bool

  package init(
    name: String, columns: [String], primaryKey: [KeyColumn] = [], isWithoutRowID: Bool = false,
    isVirtual: Bool = false
  ) {
    self.name = name
    self.columns = columns
    self.primaryKey = primaryKey
    self.isWithoutRowID = isWithoutRowID
    self.isVirtual = isVirtual
  }

  /// A name of the row id that no column hides; nil where columns have all three.
  package var rowIDName: String? {
    let names = Set(columns.map { $0.lowercased() })
    return ["rowid", "_rowid_", "oid"].first { !names.contains($0) }
  }
}
