import GradusSQL

/// A guard's trigger on SQLite.
///
/// Its inserts ask what is there rather than have conflicts ignored: the conflict clause of the statement that fires a
/// trigger is also that of the statements in it.
struct SQLiteGuard {
  let trigger: GuardTrigger

  /// The statement that makes it.
  var sql: String {
    """
    CREATE TRIGGER \(SQLText.identifier(trigger.name)) \(trigger.effect.timing) \(event) ON \(SQLText.identifier(trigger.watched.table))
    WHEN \(conditions.joined(separator: " AND "))
    BEGIN
      \(rows.flatMap(statements).joined(separator: ";\n  "));
    END
    """
  }

  /// The rows whose keys are stale.
  private var rows: [String] {
    switch trigger.event {
    case .insert: ["NEW"]
    case .update: ["OLD", "NEW"]
    case .delete: ["OLD"]
    }
  }

  /// Not `UPDATE OF` the watched columns: that looks at what the statement sets, and a computed column changes without being
  /// set.
  private var event: String { trigger.event.rawValue.uppercased() }

  private var conditions: [String] {
    var all = ["NOT EXISTS (SELECT 1 FROM \(WriterVersion.table) WHERE version >= \(trigger.starts))"]
    let columns = trigger.watched.columns
    if trigger.event == .update, !columns.isEmpty {
      let changes = (columns + trigger.watched.key).map(SQLiteSync.changed)
      all.append("(\(changes.joined(separator: " OR ")))")
    }
    let counts = rows.compactMap(trigger.watched.condition)
    if !counts.isEmpty { all.append("(\(counts.joined(separator: " OR ")))") }
    return all
  }

  private func statements(_ row: String) -> [String] {
    switch trigger.effect {
    // The second is PostgreSQL's alone.
    case .marksStale, .marksAllStale: marks(row)
    case .removesKey:
      trigger.tablesOfKey.map {
        "DELETE FROM \(SQLText.identifier($0)) WHERE \(SQLText.match(trigger.rule.key, row, trigger.watched.key))"
      }
    }
  }

  private func marks(_ row: String) -> [String] {
    let rule = trigger.rule
    let key = trigger.watched.key
    let columns = key.map { "\(row).\(SQLText.identifier($0))" }
    // The condition of the trigger itself may hold for the other row of an update.
    let own = trigger.event == .update ? [trigger.watched.condition(on: row)].compactMap { $0 } : []
    let counts = columns.map { "\($0) IS NOT NULL" } + own
    let update = SQLText.literal(rule.requeue.update)
    let isQueued = "EXISTS (SELECT 1 FROM background_updates WHERE update_name = \(update))"
    var statements = [
      "DELETE FROM \(SQLText.identifier(rule.table)) WHERE "
        + ([SQLText.match(rule.key, row, key)] + own).joined(separator: " AND ")
    ]
    if let queue = rule.requeue.into {
      let table = SQLText.identifier(queue)
      let isNew =
        "NOT EXISTS (SELECT 1 FROM \(table) AS q WHERE \(SQLText.match(rule.key, alias: "q", row, key)))"
      statements.append(
        "INSERT INTO \(table) (\(SQLText.identifiers(rule.key))) SELECT \(columns.joined(separator: ", ")) WHERE "
          + (counts + [rule.requeue.parentExists(row, key), isNew].compactMap { $0 }).joined(
            separator: " AND "))
    }
    var progress = SQLText.literal(rule.requeue.progress)
    var source = "(SELECT NULL AS position) AS m"
    var conditions = counts
    if trigger.needsPosition {
      progress = "coalesce(replace(\(progress), '{position}', m.position), '{}')"
      source = """
        (SELECT count(*) AS row_count, \(GuardTrigger.position(SQLText.identifier(rule.source.position))) AS position \
        FROM \(SQLText.identifier(rule.source.table)) AS s WHERE \(SQLText.match(rule.source.key, alias: "s", row, key))) AS m
        """
      // A key that has left the source has nothing to be calculated again.
      if rule.requeue.into == nil { conditions.append("m.row_count > 0") }
    }
    if rule.requeue.into == nil {
      // Where it stands right there and has begun, its last batch may have found nothing before this write, and its end be
      // about to come.
      let hasBegun = "EXISTS (SELECT 1 FROM gradus_updates WHERE update_name = \(update))"
      let isElsewhere =
        "EXISTS (SELECT 1 FROM background_updates WHERE update_name = \(update) AND (progress_json <> \(progress) OR \(hasBegun)))"
      let isNew =
        "NOT EXISTS (SELECT 1 FROM gradus_stale_marks AS o WHERE o.update_name = \(update) AND (o.position IS NULL OR o.position <= m.position))"
      statements.append(
        "INSERT INTO gradus_stale_marks (update_name, position, progress) SELECT \(update), m.position, \(progress) FROM \(source) WHERE "
          + (conditions + [isElsewhere, isNew]).joined(separator: " AND "))
    }
    statements.append(
      "INSERT INTO background_updates (update_name, progress_json) SELECT \(update), \(progress) FROM \(source) WHERE "
        + (conditions + ["NOT \(isQueued)"]).joined(separator: " AND "))
    return statements
  }
}
