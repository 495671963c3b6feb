import GradusSQL

extension Connection {
  /// Whether there is a table of this name.
  func hasTable(_ name: String) throws -> Bool {
    let sql =
      switch engine {
      case .postgres: "SELECT 1 WHERE to_regclass($1::text) IS NOT NULL"
      case .sqlite: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1"
      }
    return try queryRow(sql, [.text(name)]) != nil
  }
}
