/// State events of one room.
struct RoomState<Kind: Hashable> {
  /// Those that can be read, by what they say.
  var events: [Kind: StoredEvent] = [:]
  /// Why reading them fails as a whole; nil where it does not.
  var failure: SkipReason?
}
