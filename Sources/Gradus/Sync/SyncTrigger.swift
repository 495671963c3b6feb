import GradusSQL

/// The triggers that keep a column computed, in the caller's transaction.
///
/// A writer that knows the new column and one that does not are told apart by what they write: on an insert the new
/// column is set where it is NULL; on an update where what it is computed from changed and it did not. With a reverse,
/// the old column follows where the new one alone was written.
struct SyncTrigger {
  let connection: Connection
  /// The declaration's name.
  let name: String

  /// - Throws: `GradusError`, or `SQLError`, where the trigger would fail when it fires; the caller's transaction is then
  ///   to be rolled back.
  func install(_ sync: UpdateDeclaration.SyncColumn) throws {
    try remove()
    let check = SyncCheck(connection: connection, name: name, sync: sync)
    try check.run()
    for sql in try statements(sync) { try connection.execute(sql) }
    // SQLite compiles triggers with the statements that fire them.
    if connection.engine == .sqlite { try check.compile() }
  }

  /// Makes the trigger in a new database, whose full schema stands for the deltas that made it. Where a later one of these has
  /// taken away what it names, there is nothing to keep up to date, or it went with the table.
  func installAgain(_ sync: UpdateDeclaration.SyncColumn) throws {
    guard try SyncCheck(connection: connection, name: name, sync: sync).hasPlace() else { return }
    try remove()
    for sql in try statements(sync) { try connection.execute(sql) }
  }

  /// On PostgreSQL by the function's name, which takes the trigger along, whatever that is named.
  func remove() throws {
    switch connection.engine {
    case .sqlite:
      for suffix in SQLiteSync.suffixes {
        try connection.execute("DROP TRIGGER IF EXISTS \(SQLText.identifier(base + suffix))")
      }
    case .postgres:
      // Where it is made. By its name alone it could be another application's, in a schema later in the search path.
      let row = try connection.queryRow("SELECT quote_ident(current_schema())")
      guard let schema = row?[0].text else { return }
      try connection.execute("DROP FUNCTION IF EXISTS \(schema).\(SQLText.identifier(base))() CASCADE")
    }
  }

  private func statements(_ sync: UpdateDeclaration.SyncColumn) throws -> [String] {
    switch connection.engine {
    case .sqlite: return SQLiteSync(base: base, sync: sync).sql
    case .postgres:
      let place = try SyncPlace(connection: connection, sync: sync).next()
      return PostgresSync(
        function: base, trigger: TriggerName.of(place, name), sync: sync,
        searchPath: try GuardNames(of: [], on: connection).searchPath
      ).sql
    }
  }

  private var base: String { TriggerName.of("gradus_sync_", name) }
}
