/// A table that a statement writes, and the columns that it gives values to.
package struct StatementTarget: Sendable, Hashable {
  /// The table.
  package var table: String
  /// The columns, where the statement lists them.
  package var columns: [String]
  /// Whether it gives values to all columns, by an INSERT without a list.
  package var isWholeRow: Bool
}
