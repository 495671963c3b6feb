import GradusSQL

/// Keeps others from adding to rows of statistics that a batch is about to replace.
enum RowLock {
  /// Locks the rows of these keys that exist, in the order of the keys. On SQLite the transaction alone does it.
  static func take(_ keys: [String], column: String, of table: String, on connection: Connection) throws {
    guard connection.engine == .postgres, !keys.isEmpty else { return }
    let isOfKeys = connection.isOne(of: keys, parameter: 1)
    _ = try connection.query(
      "SELECT 1 FROM \(table) WHERE \(column) \(isOfKeys.condition) ORDER BY \(column) FOR NO KEY UPDATE",
      [isOfKeys.value])
  }
}
