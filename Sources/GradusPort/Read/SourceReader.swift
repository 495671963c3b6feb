import Gradus
import GradusSQL

/// Reads what the plan has to know of a SQLite database.
enum SourceReader {
  static func schema(_ connection: Connection) throws -> SourceSchema {
    var tables: [SourceTable] = []
    // Tables of type shadow are a virtual table's own.
    let list = try connection.query(
      "SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')")
    for row in list {
      let name = try row.text(0)
      guard !name.hasPrefix("sqlite_") else { continue }
      let isVirtual = try row.text(1) == "virtual"
      tables.append(
        try table(name, isVirtual: isVirtual, isWithoutRowID: try row.integer(2) == 1, connection))
    }
    return SourceSchema(tables: tables, orphans: try orphans(connection))
  }

  private static func table(
    _ name: String, isVirtual: Bool, isWithoutRowID: Bool, _ connection: Connection
  ) throws -> SourceTable {
    var table = SourceTable(name: name, columns: [], isWithoutRowID: isWithoutRowID, isVirtual: isVirtual)
    // It is never copied, and where this program lacks its module nothing can be asked of it.
    if isVirtual { return table }
    table.columns = try connection.query(
      "SELECT name FROM pragma_table_xinfo($1) ORDER BY cid", [.text(name)]
    ).map { try $0.text(0) }
    if isWithoutRowID { table.primaryKey = try primaryKey(name, connection) }
    return table
  }

  /// The columns by which the index of a primary key orders rows.
  private static func primaryKey(_ table: String, _ connection: Connection) throws -> [KeyColumn] {
    try connection.query(
      """
      SELECT x.name, x.coll FROM pragma_index_list($1) AS l, pragma_index_xinfo(l.name) AS x
      WHERE l.origin = 'pk' AND x.key = 1 ORDER BY x.seqno
      """, [.text(table)]
    ).map { KeyColumn(name: try $0.text(0), collation: try $0.text(1)) }
  }

  private static func orphans(_ connection: Connection) throws -> [OrphanedRows] {
    do {
      return try connection.query(
        """
        SELECT "table", parent, count(*), min(rowid) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2
        """
      ).map { row in
        OrphanedRows(
          table: try row.text(0), parent: try row.text(1), count: Int(try row.integer(2)),
          rowID: row[3].integer)
      }
    } catch let error as SQLError where error.message.contains("foreign key mismatch") {
      // A key that no index of the parent supports cannot be checked; the target says what it thinks of the rows.
      return []
    }
  }

  /// The greatest numbers that AUTOINCREMENT has given out, by table: the target's name may be written otherwise.
  static func givenNumbers(_ connection: Connection) throws -> [SQLiteName: Int64] {
    guard try connection.queryRow("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'") != nil
    else { return [:] }
    var numbers: [SQLiteName: Int64] = [:]
    for row in try connection.query("SELECT name, max(seq) FROM sqlite_sequence GROUP BY name") {
      numbers[SQLiteName(try row.text(0))] = row[1].integer
    }
    return numbers
  }

  /// How many rows each table has.
  static func counts(_ tables: [String], _ connection: Connection) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for table in tables {
      let row = try connection.queryRow("SELECT count(*) FROM \(SQLText.identifier(table))")
      counts[table] = Int(try row?.integer(0) ?? 0)
    }
    return counts
  }
}
