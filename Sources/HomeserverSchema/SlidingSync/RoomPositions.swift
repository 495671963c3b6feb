import GradusSQL

/// Where a room stands in the stream of events.
struct RoomPositions {
  /// The position of its newest event that is neither an outlier nor rejected; may be negative.
  let latest: Int64
  /// The position of its newest such event of a type that bumps; positive, or nil.
  let bump: Int64?

  /// The positions of rooms; a room without such an event is left out.
  static func read(of rooms: [String], on connection: Connection) throws -> [String: RoomPositions] {
    // PostgreSQL sorts NULL first and knows events without a position.
    func newest(_ condition: String) -> String {
      """
      (SELECT e.stream_ordering FROM events e
        WHERE e.room_id = k.room_id AND NOT e.outlier AND \(condition)
          AND NOT EXISTS (SELECT 1 FROM rejections x WHERE x.event_id = e.event_id)
        ORDER BY e.stream_ordering DESC LIMIT 1)
      """
    }
    let latest = newest("e.stream_ordering IS NOT NULL")
    let bump = newest("e.stream_ordering > 0 AND e.type IN (\(BumpTypes.sqlList))")
    let rows = try connection.query(over: .texts("room_id", rooms)) { source in
      "SELECT k.room_id, \(latest), \(bump) FROM \(source)"
    }
    var positions: [String: RoomPositions] = [:]
    for row in rows {
      guard let latest = row[1].integer else { continue }
      positions[try row.text(0)] = RoomPositions(latest: latest, bump: row[2].integer)
    }
    return positions
  }
}
