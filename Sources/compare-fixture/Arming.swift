import GradusSQL
import HomeserverFixtures

/// Makes the homeserver compute its sliding sync tables anew, as the fixtures' expected rows were made.
enum Arming {
  private static let prefill = "sliding_sync_prefill_joined_rooms_to_recalculate_table_bg_update"

  /// The updates of version 87 and their later fixes: ordering, name, dependency.
  private static let updates: [(Int, String, String?)] = [
    (8701, prefill, nil),
    (8701, "sliding_sync_joined_rooms_bg_update", prefill),
    (8701, "sliding_sync_membership_snapshots_bg_update", nil),
    (8802, "sliding_sync_membership_snapshots_fix_forgotten_column_bg_update", nil),
    (8901, "sliding_sync_membership_snapshots_membership_event_id_idx", nil),
    (9204, "sliding_sync_membership_snapshots_user_id_stream_ordering", nil),
  ]

  static func run(_ connection: Connection) throws {
    for (table, _) in TableDump.slidingSync { try connection.execute("DELETE FROM \(table)") }
    for (_, name, _) in updates.suffix(2) { try connection.execute("DROP INDEX IF EXISTS \(name)") }
    for (ordering, name, dependency) in updates {
      try connection.execute(
        "INSERT INTO background_updates (ordering, update_name, progress_json, depends_on) VALUES ($1, $2, '{}', $3)",
        [SQLValue(ordering), .text(name), SQLValue(dependency)])
    }
  }

  /// Makes it compute its statistics anew: what its admin API queues, and the users after that.
  static func runStatistics(_ connection: Connection) throws {
    for (table, _) in TableDump.statistics { try connection.execute("DELETE FROM \(table)") }
    for (name, dependency) in [
      ("populate_stats_process_rooms", ""), ("populate_stats_process_users", "populate_stats_process_rooms"),
    ] {
      try connection.execute(
        "INSERT INTO background_updates (update_name, progress_json, depends_on) VALUES ($1, '{}', $2)",
        [.text(name), .text(dependency)])
    }
  }
}
