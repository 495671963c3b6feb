import GradusSQL

/// The rows that a new database has: what deltas and full schemas insert, such as a table's only row.
struct SeedRows {
  let connection: Connection
  /// Whether columns are listed by their names, and not in the tables' order.
  var sortsColumns = false

  /// A statement a row, sorted, so that two dumps are the same.
  func statements(of tables: [String]) throws -> [String] {
    let written = try columns(of: tables)
    return try tables.flatMap { table in
      try written[table].map { try statements(of: table, $0) } ?? []
    }
  }

  /// A column that is written.
  private struct Column {
    let name: String
    /// Whether it would count by itself, in whatever order the rows come.
    var isIdentity = false
  }

  private func statements(of table: String, _ columns: [Column]) throws -> [String] {
    let names = columns.map(\.name)
    let list = SQLText.identifiers(names)
    let overriding = columns.contains(where: \.isIdentity) ? " OVERRIDING SYSTEM VALUE" : ""
    let quoted = names.map(quote).joined(separator: ", ")
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
    // Not of the value itself: of a "char" the server would not know which function is meant.
    case .postgres: "quote_nullable(\(name)::text)"
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

  /// The columns that are written, by their tables.
  private func columns(of tables: [String]) throws -> [String: [Column]] {
    let columns =
      switch connection.engine {
      case .sqlite: try sqliteColumns(of: tables)
      case .postgres: try postgresColumns(of: tables)
      }
    return sortsColumns ? columns.mapValues { $0.sorted { $0.name < $1.name } } : columns
  }

  /// A virtual table's rows are its own affair, as a foreign one's are another server's.
  private func sqliteColumns(of tables: [String]) throws -> [String: [Column]] {
    // Asked once: each time it goes over all tables.
    let list = try connection.query(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    let plain = Set(try list.map { try $0.text(0) })
    var columns: [String: [Column]] = [:]
    for table in tables where plain.contains(table) {
      columns[table] = try connection.query(
        "SELECT name FROM pragma_table_xinfo($1) WHERE hidden = 0 ORDER BY cid", [.text(table)]
      ).map { Column(name: try $0.text(0)) }
    }
    return columns
  }

  private func postgresColumns(of tables: [String]) throws -> [String: [Column]] {
    var columns: [String: [Column]] = [:]
    try connection.forEachRow(
      """
      SELECT c.relname::text, a.attname::text, a.attidentity <> ''
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relname = ANY ($1::text[])
        AND c.relkind <> 'f' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      ORDER BY c.relname, a.attnum
      """, [.textArray(tables)]
    ) { row in
      columns[try row.text(0), default: []].append(
        Column(name: try row.text(1), isIdentity: try row.boolean(2)))
    }
    return columns
  }
}
