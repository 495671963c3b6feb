import GradusSQL

/// What is counted of a room's current state: the numbers of `room_stats_current`.
enum RoomCounts {
  /// The columns, in the order in which `read` counts.
  static let columns = counts(on: .sqlite).map(\.column)

  /// Counts rooms, each in one go along the index; a room without a state is left out.
  ///
  /// - Parameter localSuffix: what the ids of the server's own users end with.
  static func read(
    of rooms: [String], localSuffix: String?, on connection: Connection
  ) throws -> [String: [SQLValue]] {
    let counts = counts(on: connection.engine)
    let rows = try connection.query(over: .texts("room_id", rooms), [SQLValue(localSuffix)]) { source in
      query(counts, of: source, on: connection.engine)
    }
    var found: [String: [SQLValue]] = [:]
    found.reserveCapacity(rows.count)
    for row in rows { found[try row.text(0)] = Array(row.values.dropFirst()) }
    return found
  }

  /// What each column counts of `current_state_events`, as `c`; the first parameter is what local users' ids end with.
  private static func counts(on engine: Engine) -> [(column: String, count: String)] {
    // The membership first: most rows have another than is counted, and an event of another type has none.
    func members(_ membership: String, _ condition: String = "TRUE") -> String {
      "COUNT(*) FILTER (WHERE c.membership = '\(membership)' AND c.type = 'm.room.member' AND \(condition))"
    }
    let isLocal = UserIDText.isOfDomain("c.state_key", parameter: 1, on: engine)
    return [
      ("current_state_events", "COUNT(*)"), ("joined_members", members("join")),
      ("invited_members", members("invite")), ("left_members", members("leave")),
      ("banned_members", members("ban")), ("knocked_members", members("knock")),
      ("local_users_in_room", members("join", isLocal)),
    ]
  }

  private static func query(
    _ counts: [(column: String, count: String)], of source: String, on engine: Engine
  ) -> String {
    let selected = counts.map { "\($0.count) AS \($0.column)" }.joined(separator: ", ")
    return switch engine {
    case .postgres:
      """
      SELECT k.room_id, n.*
      FROM \(source)
      JOIN LATERAL (
        SELECT \(selected)
        FROM current_state_events c WHERE c.room_id = k.room_id
      ) AS n ON n.current_state_events > 0
      """
    // Without a join, in which the rows would be sorted before they are counted.
    case .sqlite:
      """
      SELECT c.room_id, \(selected)
      FROM current_state_events c WHERE c.room_id IN (SELECT k.room_id FROM \(source)) GROUP BY c.room_id
      """
    }
  }
}
