import GradusSQL

/// What the current state of a batch's rooms says of them.
struct CurrentRooms {
  /// What a snapshot says of a room, and what is skipped for each of them.
  private struct Description: Sendable {
    /// Nil where there is to be none.
    let room: SnapshotRoom?
    let skips: SkipCounter
  }

  private var descriptions: [String: Description] = [:]

  /// Reads the state of rooms that have not been read yet.
  ///
  /// - Parameter versions: the versions of the rooms that exist.
  mutating func read(
    _ wanted: Set<String>, in versions: [String: String?], on connection: Connection,
    skips: inout SkipCounter
  ) throws {
    let new = wanted.filter { descriptions[$0] == nil }.sorted()
    guard !new.isEmpty else { return }
    let (found, _) = try CurrentState.read(
      RelevantState.allCases, of: new, in: versions, on: connection, skips: &skips
    ) { state, _ in
      var skips = SkipCounter()
      let room = SnapshotRoom(ReadableState(state), skips: &skips)
      return Description(room: room, skips: skips)
    } meanwhile: {
    }
    for (room, description) in zip(new, found) {
      descriptions[room] = description ?? Description(room: .unknown, skips: SkipCounter())
    }
  }

  /// What the snapshot of somebody in a room that was read says of it; nil where there is to be none.
  ///
  /// - Parameter skips: counts what is skipped, with each snapshot anew.
  func describe(_ room: String, skips: inout SkipCounter) -> SnapshotRoom? {
    guard let description = descriptions[room] else { return .unknown }
    skips.add(description.skips)
    return description.room
  }
}
