/// A draft that has its id and place.
struct PlacedEvent {
  var draft: EventDraft
  var eventID: String
  var position: Int64
  var depth: Int64

  /// Whether it brings the room up in a client's list.
  var bumps: Bool { BumpTypes.all.contains(draft.type) }
}
