import GradusSQL

/// A backfill by hand: one slice of the key, its statement and its progress in a transaction, which is the least that
/// anyone needs who does not want to lose or repeat work.
struct HandWritten: Sendable {
  /// What is set, as SQL.
  let assignments: String
  /// Which rows of a slice are written; nil for all.
  var condition: String?

  private var update: String {
    "UPDATE items SET \(assignments) WHERE id > $1 AND id <= $2" + (condition.map { " AND \($0)" } ?? "")
  }

  /// One batch.
  ///
  /// - Returns: the last key of the slice, how many rows of it were written; nil where no row is left.
  func batch(past last: Int64, size: Int, on session: Session) async throws -> (last: Int64, written: Int)? {
    try await session.transaction { connection in
      let row = try connection.queryRow(
        "SELECT max(id) FROM (SELECT id FROM items WHERE id > $1 ORDER BY id LIMIT $2) AS slice",
        [.integer(last), SQLValue(size)])
      guard let upper = row?[0].integer else { return nil }
      let written = try connection.execute(update, [.integer(last), .integer(upper)])
      try connection.execute(
        "UPDATE background_updates SET progress_json = $1 WHERE update_name = 'benchmark'",
        [.text("{\"last\":\(upper)}")])
      return (upper, written)
    }
  }
}
