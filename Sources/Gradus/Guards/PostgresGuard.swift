import GradusSQL

/// A guard's trigger on PostgreSQL.
///
/// Inserts and deletes are watched by the statement, so that a writer that has announced itself pays for one condition a
/// statement. Updates are watched by the row: only there are the old and the new key known to belong together, and
/// rows whose watched columns stay as they are cost that condition alone. So are all writes of a table with partitions: what
/// is written to a partition, or moves to another, no statement of the whole table tells. The same holds of a table that is
/// itself a partition, or inherits from another.
struct PostgresGuard {
  let trigger: GuardTrigger
  /// How the trigger's function writes names.
  let names: GuardNames

  /// The statements that make function and trigger.
  var sql: [String] {
    let name = SQLText.identifier(trigger.name)
    let function = "\(names.prefix(trigger.watched.table))\(name)()"
    return [
      """
      CREATE FUNCTION \(function) RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = \(names.searchPath) AS $gradus_guard$
      #variable_conflict use_column
      DECLARE
        gradus_key record;
        gradus_rows bigint;
        gradus_position bigint;
        \(queuedKey)
      BEGIN
        FOR gradus_key IN \(keys) LOOP
          \(statements.joined(separator: "\n    "))
        END LOOP;
        \(end.joined(separator: "\n  "))
        RETURN \(trigger.effect == .removesKey ? "OLD" : "NULL");
      END
      $gradus_guard$
      """,
      // Else whoever may make a table could have it run on that.
      "REVOKE ALL ON FUNCTION \(function) FROM PUBLIC",
      """
      CREATE TRIGGER \(name) \(trigger.effect.timing) \(event) ON \(names.qualified(trigger.watched.table))
      \(granularity)
      WHEN (\(conditions.joined(separator: " AND ")))
      EXECUTE FUNCTION \(function)
      """,
    ]
  }

  /// Not `UPDATE OF` the watched columns: that looks at what the statement sets, and not at what a trigger before the row is
  /// stored has changed besides, as one of a synchronised column does.
  private var event: String {
    trigger.effect == .marksAllStale ? "TRUNCATE" : trigger.event.rawValue.uppercased()
  }

  private var granularity: String {
    guard trigger.effect != .marksAllStale else { return "FOR EACH STATEMENT" }
    guard !watchesRows else { return "FOR EACH ROW" }
    return
      "REFERENCING \(trigger.event == .insert ? "NEW" : "OLD") TABLE AS gradus_written FOR EACH STATEMENT"
  }

  private var watchesRows: Bool {
    trigger.effect == .removesKey || trigger.event == .update
      || names.isWrittenByOthers(trigger.watched.table)
  }

  private var conditions: [String] {
    // A setting that was set locally is empty, not absent, from the next transaction on.
    var all = [
      "COALESCE(NULLIF(pg_catalog.current_setting('\(WriterVersion.setting)', true), ''), '0')::int4 < \(trigger.starts)"
    ]
    let columns = trigger.watched.columns
    if trigger.event == .update, !columns.isEmpty {
      let changes = (columns + trigger.watched.key).map(PostgresSync.changed)
      all.append("(\(changes.joined(separator: " OR ")))")
    }
    return all
  }

  /// The stale keys, in columns named as the rule's key. In an order, since each is held until the transaction ends: two
  /// writers that took the same keys in different orders would wait for each other.
  private var keys: String {
    switch trigger.effect {
    case .removesKey: return "SELECT \(key(of: "OLD"))"
    case .marksAllStale: return "\(allKeys) ORDER BY \(order)"
    case .marksStale: break
    }
    guard watchesRows else {
      // Not a name that a subquery of the condition may use, too: it would be taken for that one's.
      let row = "gradus_row"
      return
        "SELECT DISTINCT \(key(of: row)) FROM gradus_written AS \(row) WHERE \(filter(row)) ORDER BY \(order)"
    }
    let rows =
      switch trigger.event {
      case .insert: ["NEW"]
      case .update: ["OLD", "NEW"]
      case .delete: ["OLD"]
      }
    let keys = rows.map { "SELECT \(key(of: $0)) WHERE \(filter($0))" }
    return "\(keys.joined(separator: " UNION ")) ORDER BY \(order)"
  }

  /// Those that have derived rows.
  private var allKeys: String {
    let columns = trigger.rule.key.map(SQLText.identifier)
    let present = columns.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
    return
      "SELECT DISTINCT \(columns.joined(separator: ", ")) FROM \(names.qualified(trigger.rule.table)) WHERE \(present)"
  }

  /// By all columns of the key.
  private var order: String { trigger.rule.key.indices.map { String($0 + 1) }.joined(separator: ", ") }

  private func key(of row: String) -> String {
    zip(trigger.watched.key, trigger.rule.key).map {
      "\(row).\(SQLText.identifier($0)) AS \(SQLText.identifier($1))"
    }.joined(separator: ", ")
  }

  private func filter(_ row: String) -> String {
    let present = trigger.watched.key.map { "\(row).\(SQLText.identifier($0)) IS NOT NULL" }
    return (present + [trigger.watched.condition(on: row)].compactMap { $0 }).joined(separator: " AND ")
  }

  /// What is done with each key.
  private var statements: [String] {
    switch trigger.effect {
    case .marksStale, .marksAllStale: marks
    case .removesKey: trigger.tablesOfKey.map(deleteKey)
    }
  }

  private func deleteKey(from table: String) -> String {
    "DELETE FROM \(names.qualified(table)) WHERE \(SQLText.match(trigger.rule.key, "gradus_key", trigger.rule.key));"
  }

  private var marks: [String] {
    let (first, second) = GuardedUpdate.lockKey(trigger.rule.requeue.update)
    // Whoever takes the update off the queue waits for this transaction, and so finds what it left.
    var statements = ["PERFORM pg_catalog.pg_advisory_xact_lock_shared(\(first), \(second));"]
    if let queue = trigger.rule.requeue.into { statements.append(enqueue(names.qualified(queue))) }
    // After the key is ours: a batch that has just taken it off the queue has committed its row by then.
    statements.append(deleteKey(from: trigger.rule.table))
    return statements
  }

  /// What is done after all keys, where there were any.
  ///
  /// The update's row comes last: whoever queues it first holds it until the transaction ends, and others wait for that
  /// with all their keys taken.
  private var end: [String] {
    guard trigger.effect != .removesKey else { return [] }
    return ["IF FOUND THEN"] + requeue.map { "  \($0)" } + ["END IF;"]
  }

  private var requeue: [String] {
    let requeue = trigger.rule.requeue
    let update = SQLText.literal(requeue.update)
    var progress = SQLText.literal(requeue.progress)
    var statements: [String] = []
    // Where all rows have gone there is no position, and the update begins anew.
    let readsPosition = trigger.needsPosition && trigger.effect == .marksStale
    if readsPosition { statements.append(readPosition) }
    if trigger.needsPosition {
      progress = "COALESCE(replace(\(progress), '{position}', gradus_position::text), '{}')"
    }
    var insert =
      "INSERT INTO \(names.qualified("background_updates")) (update_name, progress_json) VALUES (\(update), \(progress)) ON CONFLICT (update_name) DO NOTHING;"
    if requeue.into == nil {
      // A mark further back stands for this one too, since whoever takes it waits for this transaction. Where the update is
      // tells nothing here, as it does on SQLite until it begins: a batch under way may have read past the position already.
      let table = names.qualified("gradus_stale_marks")
      insert += """
        IF NOT FOUND THEN INSERT INTO \(table) (update_name, position, progress) \
        SELECT \(update), gradus_position, \(progress) WHERE NOT EXISTS (SELECT 1 FROM \(table) AS o \
        WHERE o.update_name = \(update) AND (o.position IS NULL OR o.position <= gradus_position)); END IF;
        """
    }
    // A key that has left the source has nothing to be calculated again.
    statements.append(
      readsPosition && requeue.into == nil ? "IF gradus_rows > 0 THEN \(insert) END IF;" : insert)
    return statements
  }

  /// Reads the position before the first row of all keys, which is NULL where a row has none.
  private var readPosition: String {
    let source = trigger.rule.source
    return """
      SELECT sum(m.row_count), CASE WHEN count(*) = count(m.position) THEN min(m.position) END
        INTO gradus_rows, gradus_position
        FROM (\(keys)) AS k CROSS JOIN LATERAL (
          SELECT count(*) AS row_count, \(GuardTrigger.position(SQLText.identifier(source.position))) AS position
          FROM \(names.qualified(source.table)) AS s WHERE \(SQLText.match(source.key, alias: "s", "k", trigger.rule.key))
        ) AS m WHERE m.row_count > 0;
      """
  }

  /// The key as the queue table keeps it: of another type than the watched column's, such as one that takes upper and lower
  /// case for equal, or rounds, the key itself may not be found there, and could not be put there a second time either.
  private var queuedKey: String {
    guard trigger.effect != .removesKey, let queue = trigger.rule.requeue.into else { return "" }
    return "gradus_queued \(names.qualified(queue))%ROWTYPE;"
  }

  /// Puts the key into the queue table, and holds its row where it is there already: a batch that has read the key's
  /// source before this write can then not take it off as done.
  private func enqueue(_ queue: String) -> String {
    let rule = trigger.rule
    let columns = rule.key.map(SQLText.identifier)
    let assignments = columns.map { "gradus_queued.\($0) := gradus_key.\($0);" }.joined(separator: " ")
    // A round is lost to a batch that takes the key off in between. Where each is, an index takes another row for the same.
    let loop = """
      \(assignments)
      FOR gradus_round IN 1..10 LOOP
        UPDATE \(queue) SET \(columns[0]) = \(columns[0]) WHERE \(SQLText.match(rule.key, "gradus_queued", rule.key));
        EXIT WHEN FOUND;
        INSERT INTO \(queue) (\(SQLText.identifiers(rule.key))) SELECT \(values) ON CONFLICT DO NOTHING;
        EXIT WHEN FOUND;
      END LOOP;
      """
    guard let hasParent = rule.requeue.parentExists("gradus_key", rule.key, names.qualified) else {
      return loop
    }
    return """
      IF \(hasParent) THEN
      \(loop)
      END IF;
      """
  }

  private var values: String {
    trigger.rule.key.map { "gradus_queued.\(SQLText.identifier($0))" }.joined(separator: ", ")
  }
}
