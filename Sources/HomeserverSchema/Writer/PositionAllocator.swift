import GradusSQL

/// Hands out stream positions and the numbers of state groups.
enum PositionAllocator {
  /// Where a number comes from.
  enum Stream {
    /// New events, counting up.
    case events
    /// Events older than the server's stay in the room, counting down.
    case remoteState
    /// State groups.
    case stateGroups
  }

  /// Must come before any row lock: without sequences PostgreSQL's writers queue here until the one before commits,
  /// and a writer that queued with a room locked could wait in a circle with a background update.
  static func prepare(on connection: Connection) throws {
    guard connection.engine == .postgres, try !hasSequences(connection) else { return }
    _ = try connection.query("SELECT pg_advisory_xact_lock(\(lockKey))")
  }

  /// The next number of a stream.
  static func next(_ stream: Stream, on connection: Connection) throws -> Int64 {
    if connection.engine == .postgres, try hasSequences(connection) {
      let sql =
        switch stream {
        case .events: "SELECT nextval('events_stream_seq')"
        case .remoteState: "SELECT -nextval('events_backfill_stream_seq')"
        case .stateGroups: "SELECT nextval('state_group_id_seq')"
        }
      return try integer(sql, on: connection)
    }
    let sql =
      switch stream {
      case .events:
        "SELECT coalesce((SELECT max(stream_ordering) FROM events WHERE stream_ordering > 0), 0) + 1"
      case .remoteState:
        "SELECT coalesce((SELECT min(stream_ordering) FROM events WHERE stream_ordering < 0), 0) - 1"
      case .stateGroups: "SELECT coalesce((SELECT max(id) FROM state_groups), 0) + 1"
      }
    return try integer(sql, on: connection)
  }

  /// Puts PostgreSQL's sequences, where there are any, behind what the tables hold.
  static func advanceSequences(on connection: Connection) throws {
    guard connection.engine == .postgres, try hasSequences(connection) else { return }
    for sql in [
      "SELECT setval('events_stream_seq', greatest(max(stream_ordering), 0) + 1, false) FROM events",
      "SELECT setval('events_backfill_stream_seq', greatest(-min(stream_ordering), 0) + 1, false) FROM events",
      "SELECT setval('state_group_id_seq', coalesce(max(id), 0) + 1, false) FROM state_groups",
    ] {
      _ = try connection.query(sql)
    }
  }

  private static func hasSequences(_ connection: Connection) throws -> Bool {
    let sql =
      """
      SELECT to_regclass('events_stream_seq') IS NOT NULL AND to_regclass('events_backfill_stream_seq') IS NOT NULL
        AND to_regclass('state_group_id_seq') IS NOT NULL
      """
    return try connection.queryRow(sql)?.boolean(0) ?? false
  }

  private static func integer(_ sql: String, on connection: Connection) throws -> Int64 {
    try connection.queryRow(sql)?.integer(0) ?? 1
  }

  private static let lockKey: Int64 = 0x6772_6164_7573
}
