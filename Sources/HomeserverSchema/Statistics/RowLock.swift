import GradusSQL

/// Keeps others from adding to rows of statistics that a batch is about to replace.
enum RowLock {
  /// Locks the rows of these keys that exist, in the order of the keys. On SQLite the transaction alone does it.
  static func take(_ keys: [String], column: String, of table: String, on connection: Connection) throws {
    guard connection.engine == .postgres else { return }
    _ = try connection.query(over: .texts("id", keys)) { source in
      """
      SELECT 1 FROM \(source) JOIN \(table) t ON t.\(column) = k.id
      ORDER BY t.\(column) FOR NO KEY UPDATE OF t
      """
    }
  }
}
