import GradusSQL

/// The rows that a new database has: what deltas and full schemas insert, such as a table's only row.
struct SeedRows {
  let connection: Connection
  /// Whether columns are listed by their names, and not in the tables' order.
  var sortsColumns = false

  /// A statement a row, sorted, so that two dumps are the same.
  func statements(of tables: [String]) throws -> [String] {
    try tables.flatMap { table in
      try columns(of: table).isEmpty ? [] : statements(of: table)
    }
  }

  private func statements(of table: String) throws -> [String] {
    let columns = try columns(of: table)
    let list = SQLText.identifiers(columns)
    let overriding = try hasIdentity(table) ? " OVERRIDING SYSTEM VALUE" : ""
    let quoted = columns.map(quote).joined(separator: ", ")
    return try connection.query("SELECT \(quoted) FROM \(SQLText.identifier(table))").map { row -> String in
      let values = row.values.map(constant).joined(separator: ", ")
      return "INSERT INTO \(SQLText.identifier(table)) (\(list))\(overriding) VALUES (\(values))"
    }.sorted()
  }

  /// A value as a constant; a text of SQLite's as its bytes, as it may hold what no constant can.
  private func quote(_ column: String) -> String {
    let name = SQLText.identifier(column)
    return switch connection.engine {
    case .sqlite:
      """
      CASE typeof(\(name)) WHEN 'text' THEN CAST(\(name) AS BLOB)
        WHEN 'real' THEN CASE \(name) WHEN 9e999 THEN '9e999' WHEN -9e999 THEN '-9e999' ELSE quote(\(name)) END
        ELSE quote(\(name)) END
      """
    case .postgres: "quote_nullable(\(name))"
    }
  }

  /// A constant, from what `quote` gives.
  private func constant(_ value: SQLValue) -> String {
    guard case .blob(let bytes) = value else { return value.text ?? "NULL" }
    // SQLite's scripts end at U+0000, and what is no UTF-8 would be read as something else.
    if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) {
      return SQLText.literal(text)
    }
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "CAST(X'\(digits)' AS TEXT)"
  }

  /// Whether a column would count by itself, in whatever order the rows come.
  private func hasIdentity(_ table: String) throws -> Bool {
    guard connection.engine == .postgres else { return false }
    return try connection.queryRow(
      """
      SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1)) AND NOT attisdropped
        AND attidentity <> '' LIMIT 1
      """, [.text(table)]) != nil
  }

  /// The columns that are written; a virtual table's rows are its own affair.
  private func columns(of table: String) throws -> [String] {
    let sql =
      switch connection.engine {
      case .sqlite:
        "SELECT x.name FROM pragma_table_xinfo($1) x, pragma_table_list($1) l WHERE x.hidden = 0 AND l.type = 'table' ORDER BY x.cid"
      case .postgres:
        """
        SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0
          AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
        """
      }
    let columns = try connection.query(sql, [.text(table)]).map { try $0.text(0) }
    return sortsColumns ? columns.sorted() : columns
  }
}
