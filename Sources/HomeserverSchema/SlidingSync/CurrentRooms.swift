import GradusSQL

/// What the current state of a batch's rooms says of them.
struct CurrentRooms {
  private var rooms: Set<String> = []
  private var states: [String: StateIDs] = [:]
  private var events = EventReader.Result()

  /// Reads the state of rooms that have not been read yet.
  mutating func read(
    _ wanted: Set<String>, _ reader: EventReader, on connection: Connection, skips: inout SkipCounter
  ) throws {
    let new = wanted.subtracting(rooms)
    guard !new.isEmpty else { return }
    rooms.formUnion(new)
    let found = try StateReader.current(of: new, on: connection)
    let read = try reader.read(Set(found.values.flatMap(\.values)), on: connection, skips: &skips)
    states.merge(found) { $1 }
    events.events.merge(read.events) { $1 }
    events.failures.merge(read.failures) { $1 }
  }

  /// What the snapshot of somebody in the room says of it; nil where there is to be none.
  func describe(_ room: String, skips: inout SkipCounter) -> SnapshotRoom? {
    guard let ids = states[room] else { return .unknown }
    return SnapshotRoom(ids, in: events, skips: &skips)
  }
}
