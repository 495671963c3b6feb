import GradusJSON
import GradusSQL

/// What a room's statistics say of its state: the columns of `room_stats_state`.
struct RoomDescription {
  /// The text columns by the types of their events; one that is missing is NULL.
  private(set) var texts: [StatisticsState: String] = [:]
  /// Whether other servers may take part; so it is unless the create event says otherwise.
  private(set) var isFederatable = true

  /// - Parameters:
  ///   - contents: what the state says; a type without an event leaves its column at NULL.
  ///   - skips: counts the values that no column can hold.
  init(_ contents: [StatisticsState: JSONObject], skips: inout SkipCounter) {
    texts.reserveCapacity(contents.count)
    for (type, content) in contents {
      // Anything but a plain true forbids it, null and 1 included.
      if type == .create, let value = content[.federate] { isFederatable = value == .boolean(true) }
      let topic = type == .topic ? PlainTextTopic.text(of: content) : nil
      if case .value(let text?) = RoomValues.text(topic.map { .string($0) } ?? content[type.field], &skips) {
        texts[type] = text
      }
    }
  }
}
