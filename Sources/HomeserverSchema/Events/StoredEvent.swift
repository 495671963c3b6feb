/// An event as read from the database.
struct StoredEvent: Sendable {
  let eventID: EventID
  let roomID: String
  let type: String
  let sender: String?
  private(set) var body: EventBody

  /// Takes away what a redaction takes away.
  mutating func prune() { body.prune(as: type) }
}
