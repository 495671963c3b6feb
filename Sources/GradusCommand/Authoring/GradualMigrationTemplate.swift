import Foundation
import Gradus
import GradusSQL

/// The files of a new gradual migration. Pure.
struct GradualMigrationTemplate {
  let name: String
  let database: String
  let starts: Int
  let completes: Int
  /// The derived table, its key, and the column with the source's position.
  let table: String
  let key: [String]
  let position: String
  let source: StalenessRule.Source
  /// What is known of the source.
  let columns: SourceColumns

  private var queue: String { "\(table)_queue" }
  private var prefill: String { "\(table)_prefill_queue" }
  private var fill: String { "fill_\(table)" }

  /// The updates that it declares.
  var updates: [String] { [prefill, fill] }

  /// The tables that it makes.
  var tables: [String] { [table, queue] }

  /// What the ledger says of it.
  var migration: GradualMigration {
    let whenEmpty = StalenessRule.WhenEmpty(
      table: source.table,
      queue: [QueuedUpdate(name: prefill), QueuedUpdate(name: fill, dependsOn: prefill)])
    return GradualMigration(
      name: name, database: LogicalDatabase(database), starts: starts, completes: completes, updates: updates,
      staleness: [
        StalenessRule(
          table: table, key: key, position: position, source: source,
          requeue: .init(into: queue, update: fill), whenEmpty: whenEmpty)
      ])
  }

  /// Its entry in the ledger, without indentation and dash.
  var ledgerLines: [String] {
    let source = [
      "table: \(YAMLText.scalar(source.table))", "key: \(YAMLText.list(source.key))",
      "position: \(YAMLText.scalar(source.position))",
    ].joined(separator: ", ")
    return ["name: \(YAMLText.scalar(name))"]
      + (database == "main" ? [] : ["database: \(YAMLText.scalar(database))"]) + [
        "starts: \(starts)", "completes: \(completes)", "updates: \(YAMLText.list(updates))",
        "stale_after_rollback:", "  - table: \(YAMLText.scalar(table))", "    key: \(YAMLText.list(key))",
        "    position: \(YAMLText.scalar(position))", "    source: {\(source)}",
        "    requeue: {into: \(YAMLText.scalar(queue)), update: \(YAMLText.scalar(fill))}", "    when_empty:",
        "      rows_in: \(YAMLText.scalar(self.source.table))", "      queue:",
        "        - {update: \(YAMLText.scalar(prefill))}",
        "        - {update: \(YAMLText.scalar(fill)), depends_on: \(YAMLText.scalar(prefill))}",
        "    # Where a row depends on more than its key's newest source row (a count, a sum, a list), or an older version",
        "    # may write while a newer one runs. Version \(starts) then announces its writes: see Guards.",
        "    # guards: [{on: \(YAMLText.scalar(self.source.table)), key: \(YAMLText.list(self.source.key))}]",
      ]
  }

  /// What the ledger says of the two versions.
  func versionLine(_ version: Int, compat: Int) -> String {
    let change =
      version == starts
      ? "adds \(table), writes it, and fills it in the background" : "reads \(table) without a fallback"
    return "\(version): {compat: \(compat), changes: [\(YAMLText.scalar(change))]}"
  }

  /// How the names of the deltas in SQL end.
  var suffix: String { columns.engine.map { ".sql.\($0.rawValue)" } ?? ".sql" }

  /// The delta that makes the tables.
  var tablesSQL: String {
    let columns = key.enumerated().map { index, column in
      "\(SQLText.identifier(column)) \(self.columns.types[source.key[index]] ?? "TEXT") NOT NULL"
    }
    let list = list(key)
    return """
      -- \(table): derived from \(source.table), one row a key. A row that exists must be right; where there is none,
      -- version \(starts) computes it from \(source.table). After a rollback, only what is new in \(source.table), and the
      -- loss of a key's newest row there, are found by themselves. Counts, sums, lists and all else that depends on a key's
      -- other rows, too, need the guards of the ledger's entry.
      CREATE TABLE \(SQLText.identifier(table)) (
        \(columns.joined(separator: ",\n  ")),
        -- The newest \(source.position) that the row reflects. Add what is derived below it, nullable or with a default.
        \(SQLText.identifier(position)) \(self.columns.types[source.position] ?? "BIGINT") NOT NULL,
        PRIMARY KEY (\(list))
      );

      -- Every start asks for the newest position.
      CREATE INDEX \(SQLText.identifier("\(table)_by_\(position)")) ON \(SQLText.identifier(table))
        (\(SQLText.identifier(position)));

      -- The keys whose row is to be computed.
      CREATE TABLE \(SQLText.identifier(queue)) (
        \(columns.joined(separator: ",\n  ")),
        PRIMARY KEY (\(list))
      );

      """
  }

  /// The updates that fill them.
  var updatesYAML: String {
    // A key that is unique and never NULL.
    let walked = columns.primaryKey.isEmpty ? [source.position] : columns.primaryKey
    let sourceKey = list(source.key)
    let notNull = source.key.map { "\(SQLText.identifier($0)) IS NOT NULL" }.joined(separator: " AND ")
    let join = zip(key, source.key).map { "s.\(SQLText.identifier($1)) = q.\(SQLText.identifier($0))" }
      .joined(
        separator: " AND ")
    let queued = key.map { "q.\(SQLText.identifier($0))" }.joined(separator: ", ")
    let column = SQLText.identifier(position)
    let engines = columns.engine.map { "\n    engines: \($0.rawValue)" } ?? ""
    return """
      # Fills \(table) while the application serves: first the keys, then their rows.
      updates:
        - name: \(YAMLText.scalar(prefill))
          kind: backfill\(engines)
          table: \(YAMLText.scalar(source.table))
          key: \(YAMLText.list(walked))
          sql: |
            INSERT INTO \(SQLText.identifier(queue)) (\(list(key)))
            SELECT DISTINCT \(sourceKey) FROM \(SQLText.identifier(source.table)) WHERE {range} AND \(notNull)
            ON CONFLICT DO NOTHING
        - name: \(YAMLText.scalar(fill))
          kind: drain\(engines)
          table: \(YAMLText.scalar(queue))
          key: \(YAMLText.list(key))
          depends_on: \(YAMLText.scalar(prefill))
          # Compute what is derived here, too.
          sql: |
            INSERT INTO \(SQLText.identifier(table)) (\(list(key)), \(column))
            SELECT \(queued), max(s.\(SQLText.identifier(source.position)))
            FROM \(SQLText.identifier(queue)) q JOIN \(SQLText.identifier(source.table)) s ON \(join)
            WHERE {range:q} GROUP BY \(queued)
            ON CONFLICT (\(list(key))) DO UPDATE SET \(column) = excluded.\(column)

      """
  }

  /// The note for the version that completes it.
  var noteSQL: String {
    """
    -- From version \(completes) on \(table) is complete: its updates are done, and stale rows are gone, before these
    -- deltas run. What relies on it goes here. \(queue) stays as long as version \(starts) is admitted.

    """
  }

  private func list(_ columns: [String]) -> String { SQLText.identifiers(columns) }
}
