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
    var checked: Set<StalenessGuard> = []
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
      do {
        if checked.insert(trigger.watched).inserted { try check(trigger.watched) }
        for sql in Self.statements(trigger, on: connection.engine, names: names) {
          try connection.execute(sql)
        }
      } catch let error as SQLError where error.code.isOfStatement {
        let advice = error.code.advice ?? Self.advice(trigger.watched)
        throw GradusError(
          .deltaFailed, "the guard on '\(trigger.watched.table)' of '\(migration.name)' cannot be made",
          hint: "\(advice); no guard of it was kept", cause: error)
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

  private static func advice(_ watched: StalenessGuard) -> String {
    watched.condition == nil
      ? "mend it in the ledger and run again"
      : "mend it in the ledger, where the written row's columns are {row}.column, and run again"
  }

  /// Has the engine look up what a guard names of its table. With the trigger it would do so when that fires, and fail the
  /// application's write.
  private func check(_ watched: StalenessGuard) throws {
    let row = "gradus_row"
    let columns = SQLText.identifiers(watched.key + watched.columns, alias: row)
    let condition = watched.condition(on: row).map { " WHERE \($0)" } ?? ""
    let table = SQLText.identifier(watched.table)
    // What a trigger sees on PostgreSQL has its table's columns, but no system columns.
    let rows = connection.engine == .postgres ? "(SELECT * FROM \(table))" : table
    // Without the row's name a trigger knows no column of it. Beside a second row no such name is only one's.
    _ = try connection.describe(
      "SELECT \(columns) FROM \(rows) AS \(row) CROSS JOIN \(table) AS gradus_twin\(condition)")
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

  /// The functions of a migration's triggers on PostgreSQL. They stay in the schema that their table had, which may be gone or
  /// in another one by now. The same name in another schema is that of whoever keeps his own tables of Gradus there.
  private static let functions = """
    SELECT p.oid::regprocedure::text
    FROM gradus_guard_triggers AS t
    JOIN pg_class AS own ON own.oid = to_regclass('gradus_guard_triggers')
    JOIN pg_namespace AS n ON n.oid = own.relnamespace
    JOIN pg_proc AS p ON p.proname = t.name AND p.pronargs = 0 AND p.prorettype = 'trigger'::regtype
    WHERE t.migration = $1 AND (p.pronamespace = n.oid OR EXISTS (
      SELECT 1 FROM unnest(p.proconfig) AS s (setting)
      WHERE starts_with(s.setting, 'search_path=pg_catalog, ' || quote_ident(n.nspname) || ', ')))
    """

  private func removeTriggers(of migration: String) throws {
    switch connection.engine {
    case .sqlite:
      let rows = try connection.query(
        "SELECT name FROM gradus_guard_triggers WHERE migration = $1", [.text(migration)])
      for row in rows {
        try connection.execute("DROP TRIGGER IF EXISTS \(SQLText.identifier(try row.text(0)))")
      }
    case .postgres:
      // Takes the trigger along. A table that is gone has taken the trigger, but not the function.
      for row in try connection.query(Self.functions, [.text(migration)]) {
        try connection.execute("DROP FUNCTION \(try row.text(0)) CASCADE")
      }
    }
    try connection.execute("DELETE FROM gradus_guard_triggers WHERE migration = $1", [.text(migration)])
    try connection.execute("DELETE FROM gradus_guards WHERE migration = $1", [.text(migration)])
  }
}
