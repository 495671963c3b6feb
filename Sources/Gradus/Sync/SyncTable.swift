import GradusSQL

/// The columns of a table, as far as a synchronised column asks for them.
struct SyncTable {
  /// A column.
  struct Column {
    var name: String
    /// What gives it a value where a writer leaves it out, in the words of SQL; nil where that is NULL.
    var substitute: String?
    /// Whether it is computed by its definition.
    var isGenerated: Bool
  }

  let engine: Engine
  /// None where there is no such table.
  let columns: [Column]

  init(_ table: String, on connection: Connection) throws {
    engine = connection.engine
    columns =
      switch connection.engine {
      case .sqlite: try Self.sqliteColumns(table, connection)
      case .postgres: try Self.postgresColumns(table, connection)
      }
  }

  /// The column of this name; SQLite does not tell cases apart.
  func column(_ name: String) -> Column? {
    columns.first {
      switch engine {
      case .sqlite: $0.name.lowercased() == name.lowercased()
      case .postgres: $0.name == name
      }
    }
  }

  private static func sqliteColumns(_ table: String, _ connection: Connection) throws -> [Column] {
    try connection.query("SELECT name, dflt_value, hidden FROM pragma_table_xinfo($1)", [.text(table)]).map {
      Column(
        name: try $0.text(0), substitute: isNull($0[1].text) ? nil : "DEFAULT",
        isGenerated: try $0.integer(2) > 1)
    }
  }

  private static func postgresColumns(_ table: String, _ connection: Connection) throws -> [Column] {
    // A domain may have a default of its own. That of a generated column is what it is computed by.
    let rows = try connection.query(
      """
      SELECT a.attname::text, coalesce(pg_get_expr(d.adbin, d.adrelid), t.typdefault)::text,
        a.attgenerated <> '', a.attidentity <> ''
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
      """, [.text(SQLText.identifier(table))])
    return try rows.map { row in
      let (isGenerated, isIdentity) = (try row.boolean(2), try row.boolean(3))
      let hasDefault = !isGenerated && !isNull(row[1].text)
      return Column(
        name: try row.text(0), substitute: isIdentity ? "IDENTITY" : hasDefault ? "DEFAULT" : nil,
        isGenerated: isGenerated)
    }
  }

  /// Whether a default is none, or says NULL, which PostgreSQL writes with a type behind it.
  private static func isNull(_ expression: String?) -> Bool {
    guard let expression else { return true }
    let text = expression.uppercased().filter { !"( )".contains($0) }
    return text == "NULL" || text.hasPrefix("NULL::")
  }
}
