import GradusSQL

/// One trigger: a guard of a rule, for one kind of write.
struct GuardTrigger {
  /// What becomes of a key that is written.
  enum Effect {
    /// Its derived row is stale: it goes, and is queued.
    case marksStale
    /// All rows have gone at once (`TRUNCATE`), so that all derived rows are stale.
    case marksAllStale
    /// The row that the queue's foreign key refers to is about to go, and takes what is derived and queued with it: who
    /// does not know these tables could not delete it otherwise.
    case removesKey
  }

  /// The trigger's name, and on PostgreSQL its function's.
  let name: String
  let rule: StalenessRule
  let watched: StalenessGuard
  let event: StalenessGuard.Event
  /// Writers of this version and later keep the derived rows right by themselves.
  let starts: Int
  var effect = Effect.marksStale

  /// The triggers of a migration, in the ledger's order.
  static func all(of migration: GradualMigration, on engine: Engine) -> [GuardTrigger] {
    let guards = migration.staleness.flatMap { rule in rule.guards.map { (rule, $0) } }
    let marking = guards.enumerated().flatMap { index, pair in
      StalenessGuard.Event.allCases.filter(pair.1.events.contains).map { event in
        GuardTrigger(
          name: TriggerName.of(prefix, migration.name, "_\(index + 1)_\(event.rawValue)"), rule: pair.0,
          watched: pair.1,
          event: event, starts: migration.starts)
      }
    }
    // SQLite has no TRUNCATE.
    let deleting = guards.enumerated().filter { _, pair in pair.1.events.contains(.delete) }
    let emptying = (engine == .postgres ? deleting : []).map { index, pair in
      GuardTrigger(
        name: TriggerName.of(prefix, migration.name, "_\(index + 1)_truncate"), rule: pair.0,
        watched: pair.1, event: .delete, starts: migration.starts, effect: .marksAllStale)
    }
    let rules = migration.staleness.filter { !$0.guards.isEmpty && $0.requeue.into != nil }
    let removing = rules.enumerated().compactMap { index, rule in
      rule.requeue.parent.map { parent in
        GuardTrigger(
          name: TriggerName.of(prefix, migration.name, "_parent_\(index + 1)"), rule: rule,
          watched: StalenessGuard(table: parent.table, key: parent.key, events: [.delete]), event: .delete,
          starts: migration.starts, effect: .removesKey)
      }
    }
    return marking + emptying + removing
  }

  /// What all names of triggers begin with.
  static let prefix = "gradus_guard_"

  /// The tables whose rows of a removed key go, each with its columns of the key.
  var tablesOfKey: [String] { [rule.requeue.into, rule.table].compactMap { $0 } }

  /// The tables that the trigger reads and writes, besides Gradus's own.
  var tables: [String] { [watched.table] + rule.tables }

  /// Whether the update finds stale keys by the position that it is queued with.
  var needsPosition: Bool { rule.requeue.goesOnFromPosition }

  /// The position just before all of a key's rows in the source, which is NULL where a row has none, and where there is no
  /// number before. The column's own type may have no room for one that there is.
  static func position(_ column: String) -> String {
    let (isKnown, first) = ("count(*) = count(s.\(column))", "min(s.\(column))")
    return "CASE WHEN \(isKnown) AND \(first) > \(Int64.min) THEN CAST(\(first) AS BIGINT) - 1 END"
  }
}

extension GuardTrigger.Effect {
  /// When the trigger fires.
  var timing: String {
    switch self {
    case .marksStale, .marksAllStale: "AFTER"
    case .removesKey: "BEFORE"
    }
  }
}
