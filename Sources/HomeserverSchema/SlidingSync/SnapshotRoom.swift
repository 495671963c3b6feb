/// What a snapshot says of its room.
struct SnapshotRoom {
  var values: RoomValues
  var hasKnownState: Bool

  /// Nothing is known of the room.
  static var unknown: SnapshotRoom { SnapshotRoom(values: .unknown, hasKnownState: false) }

  init(values: RoomValues, hasKnownState: Bool) {
    self.values = values
    self.hasKnownState = hasKnownState
  }

  /// What a state says of the room; nil where there is to be no snapshot.
  ///
  /// - Parameters:
  ///   - ids: the events of the state.
  ///   - read: what could be read of them.
  ///   - skips: counts what cannot be used.
  init?(_ ids: StateIDs, in read: EventReader.Result, skips: inout SkipCounter) {
    switch ReadableState(ids, in: read) {
    case .events(let events):
      self.init(values: RoomValues(events, skips: &skips), hasKnownState: true)
    case .none:
      skips.count(.noReadableState)
      return nil
    case .unreadable(let reason):
      skips.count(reason)
      return nil
    }
  }
}
