import GradusJSON

/// An event that is about to be stored.
struct EventDraft {
  /// How an event comes to the server.
  enum Arrival {
    /// As the newest of a room that the server is in.
    case timeline
    /// As state that came along with a remote join; its position is below all that the server has seen.
    case remoteState
    /// As a membership of a room that the server is not in.
    case outOfBand
  }

  var type: String
  /// Nil unless it is a state event.
  var stateKey: String?
  var sender: String
  var content: JSONObject
  var unsigned = JSONObject()
  /// The event that this one redacts.
  var redacts: String?
  var arrival = Arrival.timeline
  /// Why the event was rejected, if it was.
  var rejectionReason: String?

  var isOutlier: Bool { arrival != .timeline }

  /// The user whose membership the event sets, and the membership.
  var membership: (user: String, membership: String)? {
    guard type == "m.room.member", let stateKey, let membership = content["membership"]?.string?.string else {
      return nil
    }
    return (stateKey, membership)
  }

  static func member(
    _ user: String, _ membership: HomeserverWriter.Membership, sender: String? = nil
  ) -> EventDraft {
    EventDraft(
      type: "m.room.member", stateKey: user, sender: sender ?? user,
      content: ["membership": JSONValue(membership.rawValue)])
  }

  /// A state event with the empty state key.
  static func state(_ type: String, sender: String, _ content: JSONObject) -> EventDraft {
    EventDraft(type: type, stateKey: "", sender: sender, content: content)
  }
}
