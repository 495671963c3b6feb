/// The relevant state that could be read, or why none could.
enum ReadableState {
  /// There is no relevant state to read.
  case none
  /// The events of the state, by type; at least one.
  case events([RelevantState: StoredEvent])
  /// Nothing that counts can be read.
  case unreadable(SkipReason)

  /// - Parameter state: of a room that has relevant state, readable or not.
  init(_ state: RoomState<RelevantState>) {
    if let failure = state.failure {
      self = .unreadable(failure)
    } else {
      self = state.events.isEmpty ? .unreadable(.noReadableState) : .events(state.events)
    }
  }

  /// Picks the events of a state from what was read.
  init(_ ids: StateIDs, in read: EventReader.Result) {
    guard !ids.isEmpty else {
      self = .none
      return
    }
    self.init(
      RoomState(
        events: ids.compactMapValues { read.events[$0] },
        failure: ids.values.lazy.compactMap { read.failures[$0] }.first))
  }
}
