import GradusSQL

/// The events that one batch looks at.
struct ResignPage {
  /// How many there are, those of other servers included.
  let scanned: Int
  /// The position of the last one; nil where there is none.
  let last: Int64?
  /// Those that this server's users seem to have sent.
  let candidates: [String]

  /// The page is cut before the filter, so that a batch's cost is bounded however few events are the server's own.
  ///
  /// - Parameter skips: counts events whose ids are bytes.
  init(
    after progress: EventResignProgress, limit: Int, serverName: String, on connection: Connection,
    skips: inout SkipCounter
  ) throws {
    // In a server's name `_` and `%` stand for more than themselves here; who sent an event is looked at again.
    // Nor does SQLite compare what is behind a U+0000.
    var condition =
      connection.engine == .sqlite ? "(e.sender LIKE $3 OR instr(e.sender, char(0)) > 0)" : "e.sender LIKE $3"
    var parameters: [SQLValue] = [
      .integer(progress.bound), SQLValue(limit), .text("%:" + serverName),
    ]
    if let time = progress.receivedBefore {
      condition += " AND e.received_ts < $4"
      parameters.append(.integer(time))
    }
    let rows = try connection.query(
      """
      SELECT e.stream_ordering, CASE WHEN \(condition) THEN e.event_id END FROM events e
      WHERE e.stream_ordering > $1 ORDER BY e.stream_ordering LIMIT $2
      """, parameters)
    scanned = rows.count
    last = try rows.last?.integer(0)
    candidates = rows.compactMap { $0[1].text }
    skips.count(.idNotText, rows.count(where: { !$0[1].isNull && $0[1].text == nil }))
  }
}

extension EventResignProgress {
  /// The stored position, or one below all that the homeserver knows.
  var bound: Int64 { lastPosition ?? Int64(Int32.min) }
}
