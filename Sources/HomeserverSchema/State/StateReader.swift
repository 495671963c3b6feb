import GradusSQL

/// Finds the events of rooms' relevant state, for a whole batch at once.
enum StateReader {
  /// The current state of rooms; a room that the server is not in has none.
  static func current(of rooms: Set<String>, on connection: Connection) throws -> [String: StateIDs] {
    let rows = try connection.query(over: .texts("room_id", rooms.sorted())) { source in
      """
      SELECT c.room_id, c.type, c.event_id
      FROM \(source)
      JOIN current_state_events c ON c.room_id = k.room_id
      WHERE c.type IN (\(RelevantState.sqlList)) AND c.state_key = ''
      """
    }
    var states: [String: StateIDs] = [:]
    for row in rows {
      guard let type = RelevantState(rawValue: try row.text(1)) else { continue }
      states[try row.text(0), default: [:]][type] = try row.text(2)
    }
    return states
  }

  /// The state after events; an event without a state group is left out.
  static func after(_ events: Set<String>, on connection: Connection) throws -> [String: StateIDs] {
    let rows = try connection.query(over: .texts("event_id", events.sorted())) { source in
      """
      SELECT g.event_id, g.state_group
      FROM \(source)
      JOIN event_to_state_groups g ON g.event_id = k.event_id
      """
    }
    var groups: [String: Int64] = [:]
    for row in rows { groups[try row.text(0)] = try row.integer(1) }
    let states = try ofGroups(Set(groups.values), on: connection)
    return groups.mapValues { states[$0] ?? [:] }
  }

  /// Longer chains of groups than this are taken for a cycle, which only a damaged database has.
  private static let maximumDepth = 10_000

  /// The state of groups: of each type the event of the nearest group along the edges that has one.
  static func ofGroups(_ groups: Set<Int64>, on connection: Connection) throws -> [Int64: StateIDs] {
    let table = BatchTable(columns: [("state_group", .integer)], rows: groups.sorted().map { [.integer($0)] })
    // The sub-select keeps PostgreSQL from scanning a table of any size: it can only be an index probe a
    // group.
    let events = RelevantState.allCases.map { type in
      """
      (SELECT s.event_id FROM state_groups_state s
        WHERE s.state_group = c.state_group AND s.type = '\(type.rawValue)' AND s.state_key = '' LIMIT 1)
      """
    }
    let rows = try connection.query(over: table) { source in
      """
      WITH RECURSIVE chain (origin, state_group, depth) AS (
        SELECT k.state_group, k.state_group, 0 FROM \(source)
        UNION
        SELECT c.origin, g.prev_state_group, c.depth + 1
        FROM chain c
        JOIN state_group_edges g ON g.state_group = c.state_group
        WHERE c.depth < \(maximumDepth)
      )
      SELECT c.origin, \(events.joined(separator: ",\n"))
      FROM chain c
      ORDER BY c.depth, c.state_group DESC
      """
    }
    var states: [Int64: StateIDs] = [:]
    for row in rows {
      let origin = try row.integer(0)
      for (index, type) in RelevantState.allCases.enumerated() where states[origin]?[type] == nil {
        if let event = row[index + 1].text { states[origin, default: [:]][type] = event }
      }
    }
    return states
  }
}
