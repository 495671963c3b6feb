/// The relevant state that could be read, or why none could.
enum ReadableState {
  /// There is no relevant state to read.
  case none
  /// The events of the state, by type; at least one.
  case events([RelevantState: StoredEvent])
  /// Nothing that counts can be read.
  case unreadable(SkipReason)

  /// Picks the events of a state from what was read.
  init(_ ids: StateIDs, in read: EventReader.Result) {
    guard !ids.isEmpty else {
      self = .none
      return
    }
    if let failure = ids.values.compactMap({ read.failures[$0] }).first {
      self = .unreadable(failure)
      return
    }
    let events = ids.compactMapValues { read.events[$0] }
    self = events.isEmpty ? .unreadable(.noReadableState) : .events(events)
  }
}
