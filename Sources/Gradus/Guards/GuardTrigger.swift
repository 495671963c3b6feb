import GradusSQL

/// One trigger: a guard of a rule, for one kind of write.
struct GuardTrigger {
  /// The trigger's name, and on PostgreSQL its function's.
  let name: String
  let rule: StalenessRule
  let watched: StalenessGuard
  let event: StalenessGuard.Event
  /// Writers of this version and later keep the derived rows right by themselves.
  let starts: Int

  /// The triggers of a migration, in the ledger's order.
  static func all(of migration: GradualMigration) -> [GuardTrigger] {
    let guards = migration.staleness.flatMap { rule in rule.guards.map { (rule, $0) } }
    return guards.enumerated().flatMap { index, pair in
      StalenessGuard.Event.allCases.filter(pair.1.events.contains).map { event in
        GuardTrigger(
          name: name(migration.name, number: index + 1, event), rule: pair.0, watched: pair.1, event: event,
          starts: migration.starts)
      }
    }
  }

  /// What all names of triggers begin with.
  static let prefix = "gradus_guard_"

  /// PostgreSQL cuts names at 63 bytes, so that a long one is replaced by its checksum.
  private static func name(_ migration: String, number: Int, _ event: StalenessGuard.Event) -> String {
    let name = "\(prefix)\(migration)_\(number)_\(event.rawValue)"
    guard name.utf8.count > 63 else { return name }
    return "\(prefix)\(Checksum.of(migration).dropFirst("fnv1a:".count))_\(number)_\(event.rawValue)"
  }

  /// The tables that the trigger reads and writes, besides Gradus's own.
  var tables: [String] { [watched.table] + rule.tables }

  /// Whether the update finds stale keys by the position that it is queued with.
  var needsPosition: Bool { rule.requeue.progress.contains("{position}") }

  /// Equalities of columns with a row's, one by one.
  static func match(_ columns: [String], alias: String? = nil, _ row: String, _ key: [String]) -> String {
    zip(columns, key).map { column, key in
      "\(alias.map { $0 + "." } ?? "")\(SQLText.identifier(column)) = \(row).\(SQLText.identifier(key))"
    }.joined(separator: " AND ")
  }

  /// The position just before all of a key's rows in the source, which is NULL where a row has none.
  static func position(_ column: String) -> String {
    "CASE WHEN count(*) = count(s.\(column)) THEN min(s.\(column)) - 1 END"
  }
}
