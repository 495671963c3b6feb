import GradusJSON

/// What a room's state events of some types say.
struct RoomState<Kind: Hashable> {
  /// The content of those that can be read, by their types.
  var contents: [Kind: JSONObject] = [:]
  /// Why reading them fails as a whole; nil where it does not.
  var failure: SkipReason?
}
