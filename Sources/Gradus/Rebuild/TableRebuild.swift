import GradusSQL

/// Replaces a table of SQLite by one with another definition and the same rows, by the recipe of SQLite's manual
/// ("Making Other Kinds Of Table Schema Changes"): a new table, the rows copied, the old table dropped, the new one
/// renamed, and what went with the old one made again from its own text.
///
/// Views, triggers of other tables and foreign keys to the table name it only, and are not touched. Runs in the
/// caller's transaction, under `RebuildSettings`.
struct TableRebuild {
  let connection: Connection
  /// The table, as `sqlite_master` spells it.
  let table: String

  /// - Parameter definition: the new `CREATE TABLE`, with the columns that the table has.
  func run(_ definition: CreateTableText) throws {
    let objects = try connection.query(
      """
      SELECT sql FROM sqlite_master WHERE tbl_name = $1 COLLATE NOCASE AND type IN ('index', 'trigger')
        AND sql IS NOT NULL ORDER BY rowid
      """, [.text(table)]
    ).map { try $0.text(0) }
    let sideRows = try SideRows(connection: connection, table: table)
    let newTable = try unusedName()
    guard let renamed = definition.renamed(to: newTable) else {
      preconditionFailure("another name leaves no bracket open")
    }
    try connection.execute(renamed.sql)
    try copyRows(to: newTable, hasRowID: !definition.isWithoutRowID)
    try connection.execute("DROP TABLE \(SQLText.identifier(table))")
    try connection.execute(
      "ALTER TABLE \(SQLText.identifier(newTable)) RENAME TO \(SQLText.identifier(table))")
    for sql in objects { try connection.execute(sql) }
    try sideRows.restore()
  }

  private func unusedName() throws -> String {
    var name = "gradus_rebuild_\(table)"
    while try connection.queryRow("SELECT 1 FROM sqlite_master WHERE name = $1 COLLATE NOCASE", [.text(name)])
      != nil
    {
      name += "_"
    }
    return name
  }

  private func copyRows(to newTable: String, hasRowID: Bool) throws {
    let rows = try connection.query("SELECT name, hidden FROM pragma_table_xinfo($1)", [.text(table)])
    let names = Set(try rows.map { SQLiteName(try $0.text(0)) })
    // Generated columns come by themselves.
    var columns = try rows.filter { try $0.integer(1) == 0 }.map { SQLText.identifier(try $0.text(0)) }
    // A row id that no column holds: indexes of the application may not rely on it, but full-text tables do.
    if hasRowID, let rowID = ["rowid", "_rowid_", "oid"].first(where: { !names.contains(SQLiteName($0)) }) {
      columns.insert(rowID, at: 0)
    }
    let list = columns.joined(separator: ", ")
    let copied = try connection.execute(
      "INSERT INTO \(SQLText.identifier(newTable)) (\(list)) SELECT \(list) FROM \(SQLText.identifier(table))"
    )
    let count = try connection.queryRow("SELECT count(*) FROM \(SQLText.identifier(table))")?[0].integer
    guard count == Int64(copied) else {
      throw GradusError(
        .deltaFailed, "only \(copied) of \(count ?? 0) rows of '\(table)' could be copied",
        hint: "an ON CONFLICT clause of the table leaves out rows that do not satisfy it; mend these first")
    }
  }
}
