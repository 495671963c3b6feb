import GradusSQL

/// What the current state of a batch's rooms says of them.
struct CurrentRooms {
  private var rooms: Set<String> = []
  private var states: [String: RoomState<RelevantState>] = [:]

  /// Reads the state of rooms that have not been read yet.
  ///
  /// - Parameter versions: the versions of the rooms that exist.
  mutating func read(
    _ wanted: Set<String>, in versions: [String: String?], on connection: Connection,
    skips: inout SkipCounter
  ) throws {
    let new = wanted.subtracting(rooms)
    guard !new.isEmpty else { return }
    rooms.formUnion(new)
    states.merge(
      try CurrentState.read(
        RelevantState.allCases, of: new.sorted(), in: versions, on: connection, skips: &skips)
    ) { $1 }
  }

  /// What the snapshot of somebody in the room says of it; nil where there is to be none.
  func describe(_ room: String, skips: inout SkipCounter) -> SnapshotRoom? {
    guard let state = states[room] else { return .unknown }
    return SnapshotRoom(ReadableState(state), skips: &skips)
  }
}
