package import GradusSQL

/// Reads what a database says about itself.
///
/// One query reads everything, so that an up-to-date database costs one round trip. It fails where a table or a column is
/// missing; only then the catalog says which tables there are, and what exists is read.
package struct DatabaseStateReader {
  /// A staleness rule, and the gradual migration that it is of.
  private struct Probe {
    let rule: StalenessRule
    let migration: String?
    /// The version that relies on the migration.
    var completes: Int? = nil
  }

  /// Read with all the rest.
  private let probes: [Probe]
  /// Read apart, where their migrations are not certified yet: the tables of one that is may be gone.
  private let lateProbes: [Probe]
  /// The version from which on deltas are read, and then certificates of updates too; nil for the deltas from the database's
  /// version on.
  private let firstVersion: Int?
  /// For each gradual migration the version that starts it. No certificate of it is of one before.
  private let starts: [String: Int]

  /// - Parameters:
  ///   - rules: the staleness rules to probe.
  ///   - firstVersion: the first version that the tree has deltas of, for who looks back at all of them.
  package init(rules: [StalenessRule], firstVersion: Int? = nil) {
    probes = rules.map { Probe(rule: $0, migration: nil) }
    lateProbes = []
    starts = [:]
    self.firstVersion = firstVersion
  }

  /// - Parameters:
  ///   - migrations: the gradual migrations whose staleness rules to probe, unless they are certified complete.
  ///   - version: the application's version, which relies on what is complete by then.
  ///   - firstVersion: the first version that the tree has deltas of, for who looks back at all of them.
  init(migrations: [GradualMigration], version: Int, firstVersion: Int? = nil) {
    func probes(_ migrations: [GradualMigration]) -> [Probe] {
      migrations.flatMap { migration in
        migration.staleness.map {
          Probe(rule: $0, migration: migration.name, completes: migration.completes)
        }
      }
    }
    let isDue = { (migration: GradualMigration) in migration.completes.map { $0 <= version } ?? false }
    self.firstVersion = firstVersion
    starts = Dictionary(migrations.map { ($0.name, $0.starts) }, uniquingKeysWith: { first, _ in first })
    self.probes = probes(migrations.filter { !isDue($0) })
    lateProbes = probes(migrations.filter(isDue))
  }

  package func read(_ connection: Connection) throws -> DatabaseState {
    do {
      var state = try decode(connection.query(query(tables: nil, connection.engine)))
      try read(lateProbes, among: nil, into: &state, connection)
      return state
    } catch let error as SQLError where error.code == .undefinedObject {
      // A transaction of PostgreSQL's in which a statement has failed takes no other: that one's error is the one to tell.
      guard connection.engine == .sqlite || !connection.isInTransaction else { throw error }
      let tables = try CatalogTables.names(connection)
      guard !tables.isEmpty else { return .empty }
      let query = query(tables: tables, connection.engine)
      var state = try decode(query.isEmpty ? [] : connection.query(query))
      state.hasBookkeeping =
        try tables.contains("background_updates") && BookkeepingTables.areComplete(among: tables, connection)
      try read(probes + lateProbes, among: tables, into: &state, connection)
      return state
    }
  }

  /// Reads rules one by one, of which some may name columns that are not there: no longer, or not yet.
  ///
  /// - Parameter tables: those that exist; nil where that is to be looked up.
  private func read(
    _ probes: [Probe], among tables: Set<String>?, into state: inout DatabaseState, _ connection: Connection
  ) throws {
    let open = probes.filter { $0.migration.map { !state.completedMigrations.contains($0) } ?? true }
    guard !open.isEmpty, let version = state.version?.number else { return }
    let tables = try tables ?? CatalogTables.names(connection)
    for item in open {
      let rule = item.rule
      do {
        let found = try decode(connection.query(Self.together(parts(of: rule, among: tables)[...])))
        state.staleness.merge(found.staleness) { $1 }
        state.abandonedUpdates.formUnion(found.abandonedUpdates)
        state.unreadableRules.merge(found.unreadableRules) { $1 }
      } catch let error as SQLError where error.code == .undefinedObject {
        // Another program has brought the database past the version that completes, which later ones may follow by
        // dropping the table: where there is none, no row of it is stale.
        if let completes = item.completes, completes <= version, !tables.contains(rule.table) { continue }
        state.unreadableRules[rule.table] = error.message
      }
    }
  }

  /// The parts whose tables exist, each row as five texts; all of them, and the rules, where `tables` is nil.
  private func query(tables: Set<String>?, _ engine: Engine) -> String {
    func exist(_ names: [String]) -> Bool { tables.map { $0.isSuperset(of: names) } ?? true }
    var parts: [String] = []
    if exist(["schema_version"]) {
      parts.append(
        "SELECT 'version', CAST(version AS TEXT), CASE WHEN upgraded THEN '1' ELSE '0' END, NULL, NULL FROM schema_version"
      )
    }
    if exist(["schema_compat_version"]) {
      parts.append(
        "SELECT 'compat', CAST(compat_version AS TEXT), NULL, NULL, NULL FROM schema_compat_version")
    }
    if exist(["applied_schema_deltas", "schema_version"]) {
      parts.append(
        """
        SELECT 'delta', file, NULL, NULL, NULL FROM applied_schema_deltas
        WHERE version >= \(firstVersion.map(String.init) ?? "(SELECT version FROM schema_version)")
        """)
    }
    if firstVersion != nil, exist(["gradus_update_certificates"]) {
      parts.append("SELECT 'certificate', update_name, NULL, NULL, NULL FROM gradus_update_certificates")
    }
    if exist(["background_updates"]) {
      parts.append(
        "SELECT 'update', update_name, progress_json, depends_on, CAST(ordering AS TEXT) FROM background_updates"
      )
    }
    if exist(["gradus_stale_marks", "background_updates"]) {
      parts.append(
        """
        SELECT 'abandoned', m.update_name, NULL, NULL, NULL FROM gradus_stale_marks AS m
        WHERE NOT EXISTS (SELECT 1 FROM background_updates AS b WHERE b.update_name = m.update_name)
        """)
    }
    if exist(["gradus_migrations"]) {
      parts.append("SELECT 'migration', name, CAST(version AS TEXT), NULL, NULL FROM gradus_migrations")
    }
    if exist(["gradus_guards"]) {
      parts.append("SELECT 'guards', migration, checksum, CAST(version AS TEXT), NULL FROM gradus_guards")
    }
    if exist(["gradus_guard_triggers"]) {
      parts.append(
        """
        SELECT 'lost guard', migration, table_name, NULL, NULL FROM gradus_guard_triggers AS t
        WHERE \(LostGuards.condition(on: engine))
        """)
    }
    if exist(["gradus_watermarks"]) {
      parts.append("SELECT 'watermark', table_name, NULL, NULL, NULL FROM gradus_watermarks")
    }
    if exist(["gradus_delta_attempts"]) {
      parts.append(
        "SELECT 'attempt', file, CAST(started_at AS TEXT), started_by, NULL FROM gradus_delta_attempts")
    }
    // Names the tables and columns that nothing else here reads, so that the one query fails where one is missing.
    if tables == nil {
      let columns = Bookkeeping.laterColumns.map { "\($0.table).\($0.column) IS NULL" }
      parts.append(
        """
        SELECT 'none', NULL, NULL, NULL, NULL FROM gradus_deltas, applied_module_schemas, gradus_update_certificates,
          gradus_update_controls, gradus_update_leases, gradus_workers, gradus_guard_triggers, gradus_stale_marks,
          gradus_updates
        WHERE 1 = 0 AND (\(columns.joined(separator: " OR ")))
        """)
    }
    if tables == nil { parts += probes.flatMap { self.parts(of: $0.rule, among: nil) } }
    // SQLite takes no more than so many together.
    let most = 500
    guard parts.count > most else { return Self.together(parts[...]) }
    let groups = stride(from: 0, to: parts.count, by: most).map { start in
      "SELECT * FROM (\(Self.together(parts[start..<min(start + most, parts.count)]))) AS part"
    }
    return Self.together(groups[...])
  }

  private static func together(_ parts: ArraySlice<String>) -> String {
    parts.joined(separator: "\nUNION ALL ")
  }

  /// What is asked of a rule.
  ///
  /// - Parameter tables: those that exist; nil for all.
  private func parts(of rule: StalenessRule, among tables: Set<String>?) -> [String] {
    func exists(_ table: String) -> Bool { tables?.contains(table) ?? true }
    var parts = [probe(rule, hasWatermarks: exists("gradus_watermarks"))]
    // What guards queue takes every key off its queue table. Others may leave some there.
    if let queue = rule.requeue.into, !rule.guards.isEmpty, exists("background_updates") {
      let update = SQLText.literal(rule.requeue.update)
      parts.append(
        """
        SELECT 'abandoned', \(update), NULL, NULL, NULL
        WHERE NOT EXISTS (SELECT 1 FROM background_updates WHERE update_name = \(update))
          AND EXISTS (SELECT 1 FROM \(SQLText.identifier(queue)))
        """)
    }
    return parts
  }

  private func probe(_ rule: StalenessRule, hasWatermarks: Bool) -> String {
    let watermark =
      hasWatermarks
      ? "(SELECT position FROM gradus_watermarks WHERE table_name = \(SQLText.literal(rule.table)))" : "NULL"
    let (table, position) = (SQLText.identifier(rule.table), SQLText.identifier(rule.position))
    // Only of a table of which no position tells: no start is to look through all rows for one that the condition holds for.
    let hasRows =
      rule.whenEmpty.map { empty in
        // A comment at the end of the condition is not to hide the bracket.
        """
        \(watermark) IS NULL AND NOT EXISTS (SELECT 1 FROM \(table) WHERE \(position) IS NOT NULL)
          AND EXISTS (SELECT 1 FROM \(SQLText.identifier(empty.table))\(empty.condition.map { " WHERE \($0)\n" } ?? ""))
        """
      } ?? "1 = 0"
    return """
      SELECT \(SQLText.literal("stale " + rule.table)),
        CAST((SELECT max(\(position)) FROM \(table)) AS TEXT),
        CAST(\(watermark) AS TEXT),
        CAST((SELECT max(\(SQLText.identifier(rule.source.position))) FROM \(SQLText.identifier(rule.source.table))) AS TEXT),
        CASE WHEN \(hasRows) THEN '1' ELSE '0' END
      WHERE NOT EXISTS (\(purgeColumns(rule)))
      """
  }

  /// A query without rows that names what only a purge uses, so that what is missing there, or cannot be compared, is told
  /// before rows are stale.
  private func purgeColumns(_ rule: StalenessRule) -> String {
    let (source, requeue) = (rule.source, rule.requeue)
    var tables = ["\(SQLText.identifier(rule.table)) AS d", "\(SQLText.identifier(source.table)) AS s"]
    var conditions = [
      "1 = 0", SQLText.match([source.position] + source.key, alias: "s", "d", [rule.position] + rule.key),
    ]
    if let queue = requeue.into {
      tables.append("\(SQLText.identifier(queue)) AS q")
      conditions += rule.key.map { "q.\(SQLText.identifier($0)) IS NULL" }
    }
    if let parent = requeue.parent {
      tables.append("\(SQLText.identifier(parent.table)) AS p")
      conditions.append(SQLText.match(parent.key, alias: "p", "d", rule.key))
    }
    return
      "SELECT 1 FROM \(tables.joined(separator: ", ")) WHERE \(conditions.joined(separator: " AND "))"
  }

  private func decode(_ rows: [Row]) throws -> DatabaseState {
    var state = DatabaseState()
    for row in rows {
      let kind = try row.text(0)
      switch kind {
      case "version":
        state.version = .init(try Self.integer(row, 1), isUpgraded: try row.text(2) == "1")
      case "compat": state.compatVersion = try Self.integer(row, 1)
      case "certificate": state.certifiedUpdates.insert(try row.text(1))
      case "delta": state.appliedDeltas.insert(try row.text(1))
      case "update":
        state.queue.append(
          QueuedUpdate(
            name: try row.text(1), progress: try row.text(2), dependsOn: row[3].text,
            ordering: try Self.integer(row, 4)))
      case "migration":
        let name = try row.text(1)
        // An earlier migration had the name.
        if try starts[name].map({ try Self.integer(row, 2) < $0 }) ?? false { continue }
        state.completedMigrations.insert(name)
      case "abandoned": state.abandonedUpdates.insert(try row.text(1))
      case "guards":
        state.guards[try row.text(1)] = .init(checksum: try row.text(2), version: try Self.integer(row, 3))
      case "lost guard": state.lostGuards[try row.text(1), default: []].insert(try row.text(2))
      case "watermark": state.watermarkedTables.insert(try row.text(1))
      case "attempt":
        state.attempts.append(
          .init(file: try row.text(1), startedAt: Int64(try Self.integer(row, 2)), startedBy: try row.text(3))
        )
      default:
        let table = String(kind.dropFirst("stale ".count))
        do {
          state.staleness[table] = .init(
            derived: try Self.position(row, 1, of: "the table"),
            watermark: try Self.position(row, 2, of: "gradus_watermarks"),
            source: try Self.position(row, 3, of: "its source"), hasRowsToDerive: try row.text(4) == "1")
        } catch let reason as NotWhole {
          state.unreadableRules[table] = reason.message
        }
      }
    }
    return state
  }

  /// A position that is there and no whole number: taken for none, it would be of a table without rows.
  private struct NotWhole: Error {
    let message: String
  }

  private static func position(_ row: Row, _ index: Int, of place: String) throws -> Int64? {
    guard let text = row[index].text else { return nil }
    guard let position = Int64(text) else {
      throw NotWhole(message: "positions must be whole numbers, and those of \(place) are not")
    }
    return position
  }

  private static func integer(_ row: Row, _ index: Int) throws -> Int {
    guard let integer = Int(try row.text(index)) else {
      throw SQLError(.unexpectedValue, "a bookkeeping table holds something else than a whole number")
    }
    return integer
  }
}
