import GradusSQL

/// Makes and removes the triggers of a migration's guards, with their record, in the caller's transaction.
struct GuardInstaller {
  let connection: Connection

  /// What the record says of triggers like these; nil where the migration has no guards.
  ///
  /// Names are not qualified in it, as only the database knows how.
  static func checksum(of migration: GradualMigration, on engine: Engine) -> String? {
    let triggers = GuardTrigger.all(of: migration, on: engine)
    guard !triggers.isEmpty else { return nil }
    return Checksum.of(
      triggers.flatMap { statements($0, on: engine, names: .unqualified) }.joined(separator: "\n"))
  }

  static func statements(_ trigger: GuardTrigger, on engine: Engine, names: GuardNames) -> [String] {
    switch engine {
    case .sqlite: [SQLiteGuard(trigger: trigger).sql]
    case .postgres: PostgresGuard(trigger: trigger, names: names).sql
    }
  }

  /// Makes the triggers anew, unless all are there, and writes down that they are.
  func install(_ migration: GradualMigration, version: Int) throws {
    guard try !isInstalled(migration) else { return }
    let bookkeeping = BookkeepingWriter(connection: connection)
    let triggers = GuardTrigger.all(of: migration, on: connection.engine)
    // A batch that does not see the guards yet would take its update off the queue beside a key that one of them has just put
    // there. It ends before they are made, and before tables are locked for them; or it begins when they are there.
    let updates = connection.engine == .postgres ? Set(triggers.map(\.rule.requeue.update)).sorted() : []
    for update in updates { try bookkeeping.lock(update: update) }
    try removeTriggers(of: migration.name)
    // The table that they write may be of an earlier release.
    try bookkeeping.setReplicaIdentity()
    if connection.engine == .sqlite {
      try connection.execute(
        "CREATE TABLE IF NOT EXISTS \(WriterVersion.table) (version INTEGER NOT NULL)")
    }
    let names = try GuardNames(of: Set(triggers.flatMap(\.tables)), on: connection)
    for trigger in triggers {
      let table = trigger.watched.table
      guard !names.isInherited(table) else {
        throw GradusError(
          .deltaFailed,
          "the guard on '\(table)' of '\(migration.name)' cannot be made: other tables inherit from '\(table)', and it "
            + "would not see what is written to them",
          hint:
            "make them partitions of '\(table)', or end that (ALTER TABLE ... NO INHERIT \(table)), and run again"
        )
      }
      for sql in Self.statements(trigger, on: connection.engine, names: names) {
        do {
          try connection.execute(sql)
        } catch let error as SQLError where error.code.isOfStatement {
          let advice = error.code.advice ?? "mend it in the ledger and run again"
          throw GradusError(
            .deltaFailed, "the guard on '\(trigger.watched.table)' of '\(migration.name)' cannot be made",
            statement: sql, hint: "\(advice); no guard of it was kept", cause: error)
        }
      }
    }
    try connection.execute(
      """
      INSERT INTO gradus_guards (migration, checksum, installed_at, version, installed_by) VALUES ($1, $2, $3, $4, $5)
      """,
      [
        .text(migration.name), SQLValue(Self.checksum(of: migration, on: connection.engine)),
        .integer(ProcessIdentity.now), SQLValue(version), .text(ProcessIdentity.current),
      ])
    for trigger in triggers {
      try connection.execute(
        """
        INSERT INTO gradus_guard_triggers (name, migration, table_name, update_name, queue_table)
        VALUES ($1, $2, $3, $4, $5)
        """,
        [
          .text(trigger.name), .text(migration.name), .text(trigger.watched.table),
          .text(trigger.rule.requeue.update), SQLValue(trigger.rule.requeue.into),
        ])
    }
    for update in updates { try bookkeeping.holdOff(update: update) }
  }

  /// Removes the triggers and their record. What they marked stays marked.
  func remove(_ migration: String) throws {
    let bookkeeping = BookkeepingWriter(connection: connection)
    // A batch under way may have found nothing left before the last key was marked. Whoever ends its update looks for keys
    // only where guards are recorded: it ends before they go, or looks once more.
    let updates = try connection.query(
      "SELECT DISTINCT update_name FROM gradus_guard_triggers WHERE migration = $1 ORDER BY 1",
      [.text(migration)]
    ).map { try $0.text(0) }
    for update in updates { try bookkeeping.lock(update: update) }
    try removeTriggers(of: migration)
    for update in updates { try bookkeeping.holdOff(update: update) }
    if connection.engine == .sqlite, try connection.queryRow("SELECT 1 FROM gradus_guards LIMIT 1") == nil {
      try connection.execute("DROP TABLE IF EXISTS \(WriterVersion.table)")
    }
  }

  /// Whether the triggers are recorded as they would be made, and none of them is lost.
  private func isInstalled(_ migration: GradualMigration) throws -> Bool {
    try connection.queryRow(
      """
      SELECT 1 FROM gradus_guards WHERE migration = $1 AND checksum = $2 AND NOT EXISTS (
        SELECT 1 FROM gradus_guard_triggers AS t WHERE t.migration = $1 AND \(LostGuards.condition(on: connection.engine)))
      """, [.text(migration.name), SQLValue(Self.checksum(of: migration, on: connection.engine))]) != nil
  }

  private func removeTriggers(of migration: String) throws {
    let rows = try connection.query(
      "SELECT name, table_name FROM gradus_guard_triggers WHERE migration = $1", [.text(migration)])
    let names = try GuardNames(of: Set(try rows.map { try $0.text(1) }), on: connection)
    for row in rows {
      let name = SQLText.identifier(try row.text(0))
      switch connection.engine {
      case .sqlite: try connection.execute("DROP TRIGGER IF EXISTS \(name)")
      case .postgres:
        let schema = names.prefix(try row.text(1))
        // Takes the trigger along. A table that is gone has taken the trigger, but not the function.
        try connection.execute("DROP FUNCTION IF EXISTS \(schema)\(name)() CASCADE")
      }
    }
    try connection.execute("DELETE FROM gradus_guard_triggers WHERE migration = $1", [.text(migration)])
    try connection.execute("DELETE FROM gradus_guards WHERE migration = $1", [.text(migration)])
  }
}
