import GradusSQL

/// How far the stream of events can be said to be written.
///
/// The homeserver gives a position to an event before the transaction that stores it, so that a position may be missing
/// below the greatest that is stored; and a row of statistics that claims a position is never told of it again. The
/// server knows what it is writing; another process does not, and claims only what is a minute old. The exception is a
/// room that is locked: of it, what is stored is all there is up to its own newest position. What claims to be of the
/// future says nothing of when it was written.
struct StreamPosition {
  /// Everything up to here is stored.
  let settled: Int64
  /// Whether nothing was stored in the last minute, so that the greatest position is settled.
  let isQuiet: Bool

  private static let settlingTime: Int64 = 60_000
  /// How many events are looked at, first and then; a server that stores more in a minute is not known.
  private static let searched = [1_000, 100_000]

  /// - Parameter now: milliseconds since 1970.
  init(now: Int64, on connection: Connection) throws {
    let newest = try connection.queryRow(
      """
      SELECT d.stream_id, e.stream_ordering, e.received_ts
      FROM (SELECT MAX(stream_id) AS stream_id FROM current_state_delta_stream) AS d
      LEFT JOIN (
        SELECT stream_ordering, received_ts FROM events
        WHERE stream_ordering IS NOT NULL ORDER BY stream_ordering DESC LIMIT 1
      ) AS e ON TRUE
      """)
    let recent = now - Self.settlingTime + 1...now + Self.settlingTime
    isQuiet = newest?[2].integer.map { !recent.contains($0) } ?? true
    if isQuiet {
      // State can change without an event, as when a partial join is completed.
      settled = max(newest?[0].integer ?? 0, newest?[1].integer ?? 0)
      return
    }
    settled = try Self.settled(outside: recent, on: connection)
  }

  /// The greatest position that was not stored recently; below all that is looked at where all of it was.
  private static func settled(outside recent: ClosedRange<Int64>, on connection: Connection) throws -> Int64 {
    var lowest: Int64 = 1
    for count in searched {
      let row = try connection.queryRow(
        """
        SELECT MAX(CASE WHEN n.received_ts BETWEEN $1 AND $2 THEN NULL ELSE n.stream_ordering END),
          MIN(n.stream_ordering)
        FROM (
          SELECT stream_ordering, received_ts FROM events
          WHERE stream_ordering IS NOT NULL ORDER BY stream_ordering DESC LIMIT \(count)
        ) AS n
        """, [.integer(recent.lowerBound), .integer(recent.upperBound)])
      if let settled = row?[0].integer { return settled }
      lowest = row?[1].integer ?? lowest
    }
    return max(0, lowest - 1)
  }

  /// The position up to which the state of each of these rooms is read by whoever has them locked.
  func positions(of rooms: [String], on connection: Connection) throws -> [String: Int64] {
    guard !isQuiet else { return [:] }
    let rows = try connection.query(over: .texts("room_id", rooms), [.integer(settled)]) { source in
      """
      SELECT k.room_id,
        (SELECT MAX(e.stream_ordering) FROM events e WHERE e.room_id = k.room_id AND e.stream_ordering > $1),
        d.stream_id
      FROM \(source)
      LEFT JOIN (
        SELECT room_id, MAX(stream_id) AS stream_id
        FROM current_state_delta_stream WHERE stream_id > $1 GROUP BY room_id
      ) AS d ON d.room_id = k.room_id
      """
    }
    var positions: [String: Int64] = [:]
    for row in rows {
      positions[try row.text(0)] = max(row[1].integer ?? settled, row[2].integer ?? settled)
    }
    return positions
  }

  /// The greatest position of a change of state that is settled; -1 where there is none.
  func settledDelta(on connection: Connection) throws -> Int64 {
    let row = try connection.queryRow(
      "SELECT MAX(stream_id) FROM current_state_delta_stream WHERE stream_id <= $1",
      [.integer(isQuiet ? .max : settled)])
    return row?[0].integer ?? -1
  }
}
