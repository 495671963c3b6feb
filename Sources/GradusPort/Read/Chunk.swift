import GradusSQL

/// Rows of one table, ready to be sent, in the order of their keys.
struct Chunk: Sendable {
  var text = CopyText()
  /// The keys of the rows that are sent.
  var keys: [RowKey] = []
  /// The key of the last row that was read, sent or not.
  var lastKey: RowKey?
  /// How many rows were left out.
  var leftOut = 0
  /// How many values were mended.
  var mended = 0
  /// Whether the table has no more rows.
  var isLast = true
  /// What no column of the target can hold, each with its column and row.
  var problems: [String] = []
  var hasUnfitText = false

  var rowsRead: Int { text.rowCount + leftOut }
}
