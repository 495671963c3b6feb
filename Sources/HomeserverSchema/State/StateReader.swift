import GradusSQL

/// Finds the events of rooms' relevant state: as it is of one room, as it once was for a whole batch at once.
enum StateReader {
  /// The current state of a room.
  static func current(of roomID: String, on connection: Connection) throws -> StateIDs {
    let rows = try connection.query(
      """
      SELECT type, event_id FROM current_state_events
      WHERE room_id = $1 AND state_key = '' AND type IN (\(RelevantState.sqlList))
      """, [.text(roomID)])
    var state: StateIDs = [:]
    for row in rows {
      guard let type = RelevantState(rawValue: try row.text(0)), let event = row[1].text else { continue }
      state[type] = EventID(event)
    }
    return state
  }

  /// The state after events; an event without a state group is left out.
  static func after(_ events: Set<EventID>, on connection: Connection) throws -> [EventID: StateIDs] {
    let group = connection.lookUp(
      "event_to_state_groups", as: "g", "event_id", equals: "k.event_id",
      reading: ["event_id", "state_group"])
    let rows = try connection.query(over: .texts("event_id", events.sorted().map(\.text))) { source in
      "SELECT g.event_id, g.state_group FROM \(source) \(group)"
    }
    var groups: [EventID: Int64] = [:]
    for row in rows { groups[EventID(try row.text(0))] = try row.integer(1) }
    let states = try ofGroups(Set(groups.values), on: connection)
    return groups.mapValues { states[$0] ?? [:] }
  }

  /// The state of groups: of each type the event of the nearest group along the edges that has one.
  static func ofGroups(_ groups: Set<Int64>, on connection: Connection) throws -> [Int64: StateIDs] {
    let edges = try edges(from: groups, on: connection)
    let reached = groups.union(edges.values.joined())
    let held = try held(by: reached, on: connection)
    return Dictionary(uniqueKeysWithValues: groups.map { ($0, nearest(to: $0, along: edges, of: held)) })
  }

  /// The edges that lead from groups to those before, however far; each once, however many ways lead to it.
  private static func edges(from groups: Set<Int64>, on connection: Connection) throws -> [Int64: [Int64]] {
    // Looked up, so that PostgreSQL cannot scan a table of any size.
    func edges(of group: String) -> String {
      connection.lookUp(
        "state_group_edges", as: "g", "state_group", equals: group,
        reading: ["state_group", "prev_state_group"])
    }
    let rows = try connection.query(over: table(of: groups)) { source in
      """
      WITH RECURSIVE chain (state_group, prev_state_group) AS (
        SELECT g.state_group, g.prev_state_group FROM \(source) \(edges(of: "k.state_group"))
        UNION
        SELECT g.state_group, g.prev_state_group FROM chain c \(edges(of: "c.prev_state_group"))
      )
      SELECT state_group, prev_state_group FROM chain
      """
    }
    var edges: [Int64: [Int64]] = [:]
    for row in rows { edges[try row.integer(0), default: []].append(try row.integer(1)) }
    return edges
  }

  /// The events that groups hold themselves.
  private static func held(by groups: Set<Int64>, on connection: Connection) throws -> [Int64: StateIDs] {
    let events = connection.lookUp(
      "state_groups_state", as: "s", "state_group", equals: "k.state_group",
      where: "s.type IN (\(RelevantState.sqlList)) AND s.state_key = ''",
      reading: ["state_group", "type", "event_id"])
    let rows = try connection.query(over: table(of: groups)) { source in
      "SELECT s.state_group, s.type, s.event_id FROM \(source) \(events)"
    }
    var states: [Int64: StateIDs] = [:]
    for row in rows {
      guard let type = RelevantState(rawValue: try row.text(1)), let event = row[2].text else { continue }
      states[try row.integer(0), default: [:]][type] = EventID(event)
    }
    return states
  }

  /// Of groups that are as near the later one counts. A damaged database may have circles.
  private static func nearest(
    to group: Int64, along edges: [Int64: [Int64]], of held: [Int64: StateIDs]
  ) -> StateIDs {
    var state: StateIDs = [:]
    var (level, seen) = ([group], Set([group]))
    while !level.isEmpty, state.count < RelevantState.allCases.count {
      for group in level.sorted(by: >) {
        if let own = held[group] { state.merge(own) { nearer, _ in nearer } }
      }
      level = level.flatMap { edges[$0] ?? [] }.filter { seen.insert($0).inserted }
    }
    return state
  }

  private static func table(of groups: Set<Int64>) -> BatchTable {
    BatchTable(columns: [("state_group", .integer)], rows: groups.sorted().map { [.integer($0)] })
  }
}
