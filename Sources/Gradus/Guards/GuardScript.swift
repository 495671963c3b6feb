package import GradusSQL

/// What a step on guards runs, for who wants to read it before.
package struct GuardScript {
  /// One trigger.
  package struct Trigger {
    /// Its name.
    package var name: String
    /// The table that it is on.
    package var table: String
  }

  /// The triggers that are made or removed.
  package var triggers: [Trigger]
  /// The SQL that makes them; nil where they are removed.
  package var sql: String?

  /// Of a step that makes the guards of a migration.
  package init(installing migration: GradualMigration, on engine: Engine) {
    let all = GuardTrigger.all(of: migration, on: engine)
    triggers = all.map { Trigger(name: $0.name, table: $0.watched.table) }
    sql = all.flatMap { GuardInstaller.statements($0, on: engine, names: .unqualified) }
      .map { $0 + ";" }.joined(separator: "\n\n")
  }

  /// Of a step that removes them.
  package init(removing migration: String, on connection: Connection) throws {
    triggers = try connection.query(
      "SELECT name, table_name FROM gradus_guard_triggers WHERE migration = $1 ORDER BY name",
      [.text(migration)]
    ).map { Trigger(name: try $0.text(0), table: try $0.text(1)) }
  }
}
