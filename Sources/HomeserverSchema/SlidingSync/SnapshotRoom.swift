/// What a snapshot says of its room.
struct SnapshotRoom: Sendable {
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
  ///   - state: the state.
  ///   - skips: counts what cannot be used.
  init?(_ state: ReadableState, skips: inout SkipCounter) {
    switch state {
    case .contents(let contents):
      self.init(values: RoomValues(contents, skips: &skips), hasKnownState: true)
    case .none:
      skips.count(.noReadableState)
      return nil
    case .unreadable(let reason):
      skips.count(reason)
      return nil
    }
  }
}
