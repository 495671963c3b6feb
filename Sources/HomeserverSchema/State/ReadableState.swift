import GradusJSON

/// The relevant state that could be read, or why none could.
enum ReadableState {
  /// There is no relevant state to read.
  case none
  /// What the events of the state say, by type; at least one.
  case contents([RelevantState: JSONObject])
  /// Nothing that counts can be read.
  case unreadable(SkipReason)

  /// - Parameter state: of a room that has relevant state, readable or not.
  init(_ state: RoomState<RelevantState>) {
    if let failure = state.failure {
      self = .unreadable(failure)
    } else {
      self = state.contents.isEmpty ? .unreadable(.noReadableState) : .contents(state.contents)
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
        contents: ids.compactMapValues { read.events[$0]?.body.content },
        failure: ids.values.lazy.compactMap { read.failures[$0] }.first))
  }
}
