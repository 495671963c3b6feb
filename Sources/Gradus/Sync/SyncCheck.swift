import GradusSQL

/// Refuses a synchronised column whose trigger would fail, or undo what writers write.
///
/// Engines look up what a trigger's body names only when it fires: without this a misspelt column would be found by the
/// application's next write, and by each that follows.
struct SyncCheck {
  let connection: Connection
  /// The declaration's name.
  let name: String
  let sync: UpdateDeclaration.SyncColumn

  /// What SQLite calls a row's number where no column is that.
  private static let rowNumbers: Set<String> = ["rowid", "oid", "_rowid_"]

  /// Looks the columns up, then has the engine compile the expressions. Reads no row.
  ///
  /// - Throws: `GradusError`, or `SQLError` where an expression does not compile.
  func run() throws {
    let table = try SyncTable(sync.table, on: connection)
    guard !table.columns.isEmpty else {
      let tables = try CatalogTables.names(connection)
      throw refusal(
        "'\(name)' is for the table '\(sync.table)', which is not there",
        hint: NearestName.hint(for: sync.table, among: tables, otherwise: "make the table in a delta before"))
    }
    for column in sync.key where !isRowNumber(column) { _ = try find(column, "key", in: table) }
    for column in sync.from { try checkSource(try find(column, "from", in: table)) }
    try checkSubstitute(of: try find(sync.to, "to", in: table), "to")
    if sync.reverse != nil { try checkSubstitute(of: try find(sync.from[0], "from", in: table), "from") }
    try compile()
    try checkRow(table)
  }

  /// Whether the table is there, no view in its place, and has the columns that the trigger names.
  func hasPlace() throws -> Bool {
    let table = try SyncTable(sync.table, on: connection)
    // PostgreSQL's trigger needs no key.
    let key = connection.engine == .sqlite ? sync.key.filter { !isRowNumber($0) } : []
    guard (sync.from + [sync.to] + key).allSatisfy({ table.column($0) != nil }) else { return false }
    let view =
      switch connection.engine {
      case .sqlite:
        try connection.queryRow(
          "SELECT 1 FROM sqlite_master WHERE type = 'view' AND name = $1 COLLATE NOCASE", [.text(sync.table)])
      case .postgres:
        try connection.queryRow(
          "SELECT 1 FROM pg_class WHERE oid = to_regclass($1) AND relkind IN ('v', 'm')",
          [.text(SQLText.identifier(sync.table))])
      }
    return view == nil
  }

  /// Has the engine compile what the trigger and the backfill will do; on SQLite with it the triggers that are there.
  func compile() throws {
    var changes = "\(SQLText.identifier(sync.to)) = (\n\(sql(sync.using))\n)"
    // On PostgreSQL the trigger assigns it, which converts more than an UPDATE does, and no UPDATE ever does.
    if connection.engine == .sqlite, let reverse = sync.reverse {
      changes += ", \(SQLText.identifier(sync.from[0])) = (\n\(sql(reverse))\n)"
    }
    let key = sync.key.map { "\(SQLText.identifier($0)) IS NULL" }.joined(separator: " AND ")
    _ = try connection.describe(
      """
      UPDATE \(SQLText.identifier(sync.table)) SET \(changes)
      WHERE \(key) AND \(sync.isWrong(on: connection))
      """)
  }

  private func find(_ column: String, _ key: String, in table: SyncTable) throws -> SyncTable.Column {
    if let found = table.column(column) { return found }
    let names = table.columns.map(\.name)
    throw refusal(
      "'\(key)' of '\(name)' names '\(column)', which is no column of '\(sync.table)'",
      hint: NearestName.hint(
        for: column, among: names, otherwise: "its columns are \(names.joined(separator: ", "))"))
  }

  private func isRowNumber(_ column: String) -> Bool {
    connection.engine == .sqlite && Self.rowNumbers.contains(column.lowercased())
  }

  private func checkSource(_ column: SyncTable.Column) throws {
    guard connection.engine == .postgres, column.isGenerated else { return }
    throw refusal(
      "'from' of '\(name)' names '\(column.name)', a generated column of '\(sync.table)', which is computed only"
        + " after the trigger",
      hint: "name the columns that it is computed from instead, and write its expression in 'using'")
  }

  /// NULL is what tells that a writer did not write the column.
  private func checkSubstitute(of column: SyncTable.Column, _ key: String) throws {
    guard let substitute = column.substitute else { return }
    let hint =
      switch connection.engine {
      case .postgres:
        "in a delta before: ALTER TABLE \(SQLText.identifier(sync.table)) ALTER COLUMN"
          + " \(SQLText.identifier(column.name)) DROP \(substitute)"
      case .sqlite where key == "to": "add the column without a default"
      case .sqlite: "build the table anew without it in a delta before, or leave 'reverse' out"
      }
    throw refusal(
      "the column '\(column.name)' of '\(sync.table)', '\(key)' of '\(name)', has a \(substitute):"
        + " a row whose writer left it out would look like one whose writer set it", hint: hint)
  }

  /// On PostgreSQL the row is computed from before it is stored: it has its own columns, and nothing else.
  private func checkRow(_ table: SyncTable) throws {
    guard connection.engine == .postgres else { return }
    let name = SQLText.identifier(sync.table)
    let columns = SQLText.identifiers(table.columns.filter { !$0.isGenerated }.map(\.name))
    var expressions = [("using", sync.using)]
    if let reverse = sync.reverse { expressions.append(("reverse", reverse)) }
    for (key, value) in expressions {
      do {
        _ = try connection.describe(
          "SELECT (\n\(sql(value))\n) FROM (SELECT \(columns) FROM \(name)) AS \(name)")
      } catch let error as SQLError where error.code == .undefinedObject {
        throw refusal(
          "'\(key)' of '\(self.name)' needs what a row of '\(sync.table)' does not have yet when the trigger"
            + " fires",
          hint: "use its columns under their own names, but no generated and no system columns", cause: error)
      }
    }
  }

  private func sql(_ value: UpdateDeclaration.EngineSQL) -> String {
    value.byEngine[connection.engine] ?? "NULL"
  }

  private func refusal(_ message: String, hint: String, cause: SQLError? = nil) -> GradusError {
    GradusError(.deltaFailed, message, hint: "nothing of this file was kept; \(hint)", cause: cause)
  }
}
