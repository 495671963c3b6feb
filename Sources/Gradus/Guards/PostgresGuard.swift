import GradusSQL

/// A guard's trigger on PostgreSQL.
///
/// Inserts and deletes are watched by the statement, so that a writer that has announced itself pays for one condition a
/// statement. Updates are watched by the row: only there are the old and the new key known to belong together, and
/// statements that leave the watched columns alone cost nothing.
struct PostgresGuard {
  let trigger: GuardTrigger
  /// A table's name as the trigger's function has to write it, whatever the writer's search path.
  let qualified: (String) -> String

  /// The statements that make function and trigger.
  var sql: [String] {
    let name = SQLText.identifier(trigger.name)
    let function = "\(schema)\(name)()"
    return [
      """
      CREATE FUNCTION \(function) RETURNS trigger LANGUAGE plpgsql AS $gradus_guard$
      #variable_conflict use_column
      DECLARE
        gradus_key record;
        gradus_rows bigint;
        gradus_position bigint;
      BEGIN
        FOR gradus_key IN \(keys) LOOP
          \(statements.joined(separator: "\n    "))
        END LOOP;
        RETURN \(trigger.effect == .removesKey ? "OLD" : "NULL");
      END
      $gradus_guard$
      """,
      """
      CREATE TRIGGER \(name) \(trigger.effect.timing) \(event) ON \(qualified(trigger.watched.table))
      \(granularity)
      WHEN (\(conditions.joined(separator: " AND ")))
      EXECUTE FUNCTION \(function)
      """,
    ]
  }

  /// The table's schema with its dot, where there is one.
  private var schema: String {
    let table = qualified(trigger.watched.table)
    return String(table.dropLast(SQLText.identifier(trigger.watched.table).count))
  }

  private var event: String {
    let columns = trigger.watched.columns
    guard trigger.event == .update, !columns.isEmpty else { return trigger.event.rawValue.uppercased() }
    let all = columns + trigger.watched.key.filter { !columns.contains($0) }
    return "UPDATE OF \(SQLText.identifiers(all))"
  }

  private var granularity: String {
    if trigger.effect == .removesKey { return "FOR EACH ROW" }
    return switch trigger.event {
    case .insert: "REFERENCING NEW TABLE AS gradus_written FOR EACH STATEMENT"
    case .delete: "REFERENCING OLD TABLE AS gradus_written FOR EACH STATEMENT"
    case .update: "FOR EACH ROW"
    }
  }

  private var conditions: [String] {
    // A setting that was set locally is empty, not absent, from the next transaction on.
    var all = [
      "COALESCE(NULLIF(pg_catalog.current_setting('\(WriterVersion.setting)', true), ''), '0')::int4 < \(trigger.starts)"
    ]
    let columns = trigger.watched.columns
    if trigger.event == .update, !columns.isEmpty {
      let changes = (columns + trigger.watched.key).map {
        "OLD.\(SQLText.identifier($0)) IS DISTINCT FROM NEW.\(SQLText.identifier($0))"
      }
      all.append("(\(changes.joined(separator: " OR ")))")
    }
    return all
  }

  /// The stale keys, in columns named as the rule's key.
  private var keys: String {
    if trigger.effect == .removesKey { return "SELECT \(key(of: "OLD"))" }
    return switch trigger.event {
    case .insert, .delete: "SELECT DISTINCT \(key(of: "w")) FROM gradus_written AS w WHERE \(filter("w"))"
    case .update:
      "SELECT \(key(of: "OLD")) WHERE \(filter("OLD")) UNION SELECT \(key(of: "NEW")) WHERE \(filter("NEW"))"
    }
  }

  private func key(of row: String) -> String {
    zip(trigger.watched.key, trigger.rule.key).map {
      "\(row).\(SQLText.identifier($0)) AS \(SQLText.identifier($1))"
    }.joined(separator: ", ")
  }

  private func filter(_ row: String) -> String {
    let present = trigger.watched.key.map { "\(row).\(SQLText.identifier($0)) IS NOT NULL" }
    return (present + [trigger.watched.condition(on: row)].compactMap { $0 }).joined(separator: " AND ")
  }

  private var statements: [String] {
    switch trigger.effect {
    case .marksStale: marks
    case .removesKey:
      trigger.tablesOfKey.map {
        "DELETE FROM \(qualified($0)) WHERE \(SQLText.match(trigger.rule.key, "gradus_key", trigger.rule.key));"
      }
    }
  }

  private var marks: [String] {
    let rule = trigger.rule
    let update = SQLText.literal(rule.requeue.update)
    let (first, second) = GuardedUpdate.lockKey(rule.requeue.update)
    // Whoever takes the update off the queue waits for this transaction, and so finds what it left.
    var statements = ["PERFORM pg_catalog.pg_advisory_xact_lock_shared(\(first), \(second));"]
    if let queue = rule.requeue.into { statements.append(enqueue(qualified(queue))) }
    // After the key is ours: a batch that has just taken it off the queue has committed its row by then.
    statements.append(
      "DELETE FROM \(qualified(rule.table)) WHERE \(SQLText.match(rule.key, "gradus_key", rule.key));")
    var progress = SQLText.literal(rule.requeue.progress)
    if trigger.needsPosition {
      statements.append(
        """
        SELECT count(*), \(GuardTrigger.position(SQLText.identifier(rule.source.position))) INTO gradus_rows, gradus_position
            FROM \(qualified(rule.source.table)) AS s WHERE \(SQLText.match(rule.source.key, alias: "s", "gradus_key", rule.key));
        """)
      progress = "COALESCE(replace(\(progress), '{position}', gradus_position::text), '{}')"
    }
    var requeue =
      "INSERT INTO \(qualified("background_updates")) (update_name, progress_json) VALUES (\(update), \(progress)) ON CONFLICT (update_name) DO NOTHING;"
    if rule.requeue.into == nil {
      // A mark further back stands for this one too, since whoever takes it waits for this transaction. Where the update is
      // tells nothing here, as it does on SQLite: a batch under way may have read past the position already.
      let table = qualified("gradus_stale_marks")
      requeue += """
        IF NOT FOUND THEN INSERT INTO \(table) (update_name, position, progress) \
        SELECT \(update), gradus_position, \(progress) WHERE NOT EXISTS (SELECT 1 FROM \(table) AS o \
        WHERE o.update_name = \(update) AND (o.position IS NULL OR o.position <= gradus_position)); END IF;
        """
    }
    statements.append(
      trigger.needsPosition && rule.requeue.into == nil
        ? "IF gradus_rows > 0 THEN \(requeue) END IF;" : requeue)
    return statements
  }

  /// Puts the key into the queue table, and holds its row where it is there already: a batch that has read the key's
  /// source before this write can then not take it off as done.
  private func enqueue(_ queue: String) -> String {
    let rule = trigger.rule
    let first = SQLText.identifier(rule.key[0])
    let loop = """
      LOOP
        UPDATE \(queue) SET \(first) = gradus_key.\(first) WHERE \(SQLText.match(rule.key, "gradus_key", rule.key));
        EXIT WHEN FOUND;
        INSERT INTO \(queue) (\(SQLText.identifiers(rule.key))) SELECT \(values) ON CONFLICT DO NOTHING;
        EXIT WHEN FOUND;
      END LOOP;
      """
    guard let hasParent = rule.requeue.parentExists("gradus_key", rule.key, qualified) else { return loop }
    return """
      IF \(hasParent) THEN
      \(loop)
      END IF;
      """
  }

  private var values: String {
    trigger.rule.key.map { "gradus_key.\(SQLText.identifier($0))" }.joined(separator: ", ")
  }
}
