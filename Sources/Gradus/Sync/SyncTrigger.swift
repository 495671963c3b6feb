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

  func install(_ sync: UpdateDeclaration.SyncColumn) throws {
    try remove()
    for sql in statements(sync) { try connection.execute(sql) }
  }

  func remove() throws {
    switch connection.engine {
    case .sqlite:
      for suffix in SQLiteSync.suffixes {
        try connection.execute("DROP TRIGGER IF EXISTS \(SQLText.identifier(base + suffix))")
      }
    case .postgres: try connection.execute("DROP FUNCTION IF EXISTS \(SQLText.identifier(base))() CASCADE")
    }
  }

  private func statements(_ sync: UpdateDeclaration.SyncColumn) -> [String] {
    switch connection.engine {
    case .sqlite: SQLiteSync(base: base, sync: sync).sql
    case .postgres: PostgresSync(name: base, sync: sync).sql
    }
  }

  private var base: String { TriggerName.of("gradus_sync_", name) }
}
