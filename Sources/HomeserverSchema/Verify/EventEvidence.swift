import GradusJSON

/// What an event says to those who read it.
struct EventEvidence {
  let content: JSONObject
  let unsigned: JSONObject
  /// Whether it redacts only events of senders of its sender's domain.
  let redactsOwnDomainOnly: Bool

  /// What the database holds of an event.
  struct Stored {
    var type: String
    var json: String?
    var metadata: String?
    var format: Int64?
  }

  /// - Parameter roomVersion: nil where the database does not know it.
  /// - Returns: nil where no reader is given the event: it is of another format than its room, or no event.
  init?(_ stored: Stored, roomVersion: String?) {
    let format = stored.format ?? 1
    if let roomVersion {
      guard EventFormat.of[roomVersion] == format else { return nil }
    } else {
      // Of rooms whose version is not known yet, members can be read, by a version that is assumed for the format.
      guard stored.type == "m.room.member", (1...3).contains(format) else { return nil }
    }
    guard let event = Self.object(stored.json), let metadata = Self.object(stored.metadata),
      let content = event["content"]?.object
    else { return nil }
    switch event["unsigned"] {
    case nil, .null: unsigned = JSONObject()
    case .object(let object): unsigned = object
    default: return nil
    }
    for key in ["invite_room_state", "knock_room_state"] as [JSONText] {
      switch unsigned[key] {
      case nil, .null, .array: break
      default: return nil
      }
    }
    self.content = content
    redactsOwnDomainOnly = metadata["recheck_redaction"] == .boolean(true)
  }

  private static func object(_ json: String?) -> JSONObject? {
    json.flatMap { try? JSONScanner.value($0) }?.object
  }
}
