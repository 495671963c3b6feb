import GradusSQL

/// What is counted of a room's current state: the numbers of `room_stats_current`.
enum RoomCounts {
  /// The columns, and what each counts of `current_state_events`, as `c`.
  ///
  /// - Parameter localSuffix: what the ids of the server's own users end with, as SQL.
  static func all(on engine: Engine, localSuffix: String) -> [(column: String, count: String)] {
    // The membership first: most rows have another than is counted, and an event of another type has none.
    func members(_ membership: String, _ condition: String = "TRUE") -> String {
      "COUNT(*) FILTER (WHERE c.membership = '\(membership)' AND c.type = 'm.room.member' AND \(condition))"
    }
    let isLocal = "\(UserIDText.suffix(of: "c.state_key", on: engine)) = \(localSuffix)"
    return [
      ("current_state_events", "COUNT(*)"), ("joined_members", members("join")),
      ("invited_members", members("invite")), ("left_members", members("leave")),
      ("banned_members", members("ban")), ("knocked_members", members("knock")),
      ("local_users_in_room", members("join", isLocal)),
    ]
  }

  /// The query that counts rooms, each in one go along the index; a room without a state is left out.
  ///
  /// - Parameters:
  ///   - source: the rooms, as an item of a FROM clause with the column `room_id`, named `k`.
  ///   - position: the last column, as SQL.
  static func query(
    _ counts: [(column: String, count: String)], of source: String, position: String, on engine: Engine
  ) -> String {
    switch engine {
    case .postgres:
      """
      SELECT k.room_id, \(counts.map { "n.\($0.column)" }.joined(separator: ", ")), \(position)
      FROM \(source)
      JOIN LATERAL (
        SELECT \(counts.map { "\($0.count) AS \($0.column)" }.joined(separator: ", "))
        FROM current_state_events c WHERE c.room_id = k.room_id
      ) AS n ON n.current_state_events > 0
      """
    // Without a join, in which the rows would be sorted before they are counted.
    case .sqlite:
      """
      SELECT c.room_id, \(counts.map(\.count).joined(separator: ", ")), \(position)
      FROM current_state_events c WHERE c.room_id IN (SELECT k.room_id FROM \(source)) GROUP BY c.room_id
      """
    }
  }
}
