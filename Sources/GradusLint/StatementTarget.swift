/// A table that a statement writes, and the columns that it gives values to.
package struct StatementTarget: Sendable, Hashable {
  /// The table.
  package var table: String
  /// The columns, where the statement lists them.
  package var columns: [String]
  /// Whether it gives values to all columns, by an INSERT without a list.
  package var isWholeRow: Bool
  /// Of an upsert the columns that the SQL names, of whichever table, but for those of EXCLUDED, which are the new row's;
  /// nil where there is none, or all are read.
  package var named: Set<String>?
}
