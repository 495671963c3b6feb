/// Rows of the source whose parents are missing.
package struct OrphanedRows: Sendable, Hashable {
  package var table: String
  package var parent: String
  package var count: Int
  /// One of them; nil where rows have no row id.
  package var rowID: Int64?

  package init(table: String, parent: String, count: Int, rowID: Int64?) {
    self.table = table
    self.parent = parent
    self.count = count
    self.rowID = rowID
  }
}
