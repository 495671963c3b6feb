import GradusSQL

extension HomeserverWriter {
  /// A chain of differences longer than this is closed by a group that holds the whole state.
  static let longestChain: Int64 = 100

  /// Gives each event of a batch its state group: a new one for a state event, its predecessor's for any other.
  func storeStateGroups(
    _ events: [PlacedEvent], after previous: NewestEvent?, remoteState: [StateKey: String], reset: StateDelta,
    in roomID: String, on connection: Connection
  ) throws {
    var group = previous?.stateGroup
    if let old = group, let first = events.first, !reset.inserted.isEmpty || !reset.removed.isEmpty {
      // A chain can only add, so that what is gone takes a group of its own.
      let state = try state(ofGroup: old, on: connection).filter { !reset.removed.contains($0.key) }
      group = try addGroup(
        state.merging(reset.inserted) { $1 }, after: nil, eventID: first.eventID, in: roomID, on: connection)
    }
    for event in events where event.draft.arrival == .timeline {
      if let key = event.draft.stateKey, event.draft.rejectionReason == nil {
        let change = [StateKey(type: event.draft.type, key: key): event.eventID]
        group =
          remoteState.isEmpty
          ? try addGroup(change, after: group, eventID: event.eventID, in: roomID, on: connection)
          : try addGroup(
            remoteState.merging(change) { $1 }, after: nil, eventID: event.eventID, in: roomID, on: connection
          )
      }
      guard let group else { continue }
      try connection.execute(
        "INSERT INTO event_to_state_groups (event_id, state_group) VALUES ($1, $2)",
        [.text(event.eventID), .integer(group)])
    }
  }

  private func addGroup(
    _ change: [StateKey: String], after previous: Int64?, eventID: String, in roomID: String,
    on connection: Connection
  ) throws -> Int64 {
    var state = change
    var edge = previous
    if let previous, try chainLength(of: previous, on: connection) >= Self.longestChain {
      state = try self.state(ofGroup: previous, on: connection).merging(change) { $1 }
      edge = nil
    }
    let group = try PositionAllocator.next(.stateGroups, on: connection)
    try connection.execute(
      "INSERT INTO state_groups (id, room_id, event_id) VALUES ($1, $2, $3)",
      [.integer(group), .text(roomID), .text(eventID)])
    if let edge {
      try connection.execute(
        "INSERT INTO state_group_edges (state_group, prev_state_group) VALUES ($1, $2)",
        [.integer(group), .integer(edge)])
    }
    for (key, id) in state.sorted(by: { ($0.key.type, $0.key.key) < ($1.key.type, $1.key.key) }) {
      try connection.execute(
        """
        INSERT INTO state_groups_state (state_group, room_id, type, state_key, event_id)
        VALUES ($1, $2, $3, $4, $5)
        """, [.integer(group), .text(roomID), .text(key.type), .text(key.key), .text(id)])
    }
    return group
  }

  private static let chain =
    """
    WITH RECURSIVE chain (state_group, depth) AS (
      SELECT CAST($1 AS BIGINT), 0
      UNION ALL
      SELECT g.prev_state_group, c.depth + 1
      FROM chain c
      JOIN state_group_edges g ON g.state_group = c.state_group
    )
    """

  private func chainLength(of group: Int64, on connection: Connection) throws -> Int64 {
    let row = try connection.queryRow("\(Self.chain) SELECT max(depth) FROM chain", [.integer(group)])
    return row?[0].integer ?? 0
  }

  /// The whole state of a group: the nearest group along the chain decides.
  func state(ofGroup group: Int64, on connection: Connection) throws -> [StateKey: String] {
    let sql =
      """
      \(Self.chain)
      SELECT s.type, s.state_key, s.event_id
      FROM chain c
      JOIN state_groups_state s ON s.state_group = c.state_group
      ORDER BY c.depth DESC
      """
    var state: [StateKey: String] = [:]
    for row in try connection.query(sql, [.integer(group)]) {
      guard let type = row[0].text, let key = row[1].text, let event = row[2].text else { continue }
      state[StateKey(type: type, key: key)] = event
    }
    return state
  }
}
