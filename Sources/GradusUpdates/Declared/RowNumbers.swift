import GradusSQL

/// Row numbers of SQLite's, by which a walk may pass rows over: where no column holds them, VACUUM gives out others.
enum RowNumbers {
  /// What SQLite calls a row's number where no column is called so.
  private static let names: Set<String> = ["rowid", "oid", "_rowid_"]

  /// Whether a key has a row's number that may become another.
  static func mayChange(_ key: [String], of table: String, on connection: Connection) throws -> Bool {
    let numbers = names.intersection(key.map { $0.lowercased() })
    guard connection.engine == .sqlite, !numbers.isEmpty else { return false }
    let columns = try connection.query("SELECT name, type, pk FROM pragma_table_xinfo($1)", [.text(table)])
    guard try !numbers.isSubset(of: columns.map { try $0.text(0).lowercased() }) else { return false }
    // A primary key of one column of this very type is the row's number.
    let primary = try columns.filter { try $0.integer(2) > 0 }
    return try primary.count != 1 || primary[0].text(1).lowercased() != "integer"
  }
}
