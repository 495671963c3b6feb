import GradusJSON

/// What a redaction leaves of an event, by the room's version. Signatures and event ids cover only that.
struct RedactionRules: Sendable {
  /// Keys that only versions up to 10 keep: `prev_state`, `membership`, `origin`.
  private let keepsOldKeys: Bool
  private let keepsAliases: Bool
  private let keepsAllowOfJoinRules: Bool
  private let keepsAuthorisingUser: Bool
  /// The rules since version 11: the whole create event, `invite` of power levels, `redacts` of redactions, and who
  /// signed a third party's invitation.
  private let keepsMoreContent: Bool
  private let createHasRoomID: Bool

  /// - Parameter version: the room's.
  /// - Returns: nil where the version is unknown.
  init?(roomVersion version: String) {
    let number: Int
    switch version {
    case "org.matrix.msc1767.10", "org.matrix.msc3757.10": number = 10
    case "org.matrix.msc3757.11": number = 11
    case "org.matrix.hydra.11": number = 12
    default:
      guard RoomVersion.eventFormat(of: version) != nil, let known = Int(version) else { return nil }
      number = known
    }
    keepsOldKeys = number <= 10
    keepsAliases = number <= 5
    keepsAllowOfJoinRules = number >= 8
    keepsAuthorisingUser = number >= 9
    keepsMoreContent = number >= 11
    createHasRoomID = number <= 11
  }

  /// The event without what a redaction takes away.
  ///
  /// - Parameter event: with an object as its content, or none.
  func redact(_ event: JSONObject) -> JSONObject {
    let type = event[.type]?.string
    var result = event.keeping(keys(of: type))
    if let content = event[.content]?.object {
      result[.content] = .object(redact(content, of: type))
    }
    if let unsigned = event[.unsigned]?.object {
      result[.unsigned] = .object(unsigned.keeping(["age_ts", "replaces_state"]))
    }
    return result
  }

  /// The id of the event that a redaction redacts; nil where it does not say, or says what no event's id can be: what
  /// holds U+0000 cannot be looked for on PostgreSQL.
  func target(of redaction: JSONObject) -> String? {
    let place = keepsMoreContent ? redaction["content"]?.object : redaction
    guard let target = place?["redacts"]?.string?.string, !target.holdsZero else { return nil }
    return target
  }

  private static let keys: Set<JSONText> = [
    "event_id", "sender", "room_id", "hashes", "signatures", "content", "type", "state_key", "depth",
    "prev_events", "auth_events", "origin_server_ts", "unsigned",
  ]
  private static let oldKeys = keys.union(["prev_state", "membership", "origin"])

  private func keys(of type: JSONText?) -> Set<JSONText> {
    let keys = keepsOldKeys ? Self.oldKeys : Self.keys
    return type == "m.room.create" && !createHasRoomID ? keys.subtracting(["room_id"]) : keys
  }

  private func redact(_ content: JSONObject, of type: JSONText?) -> JSONObject {
    switch type {
    case "m.room.member": redactMember(content)
    case "m.room.create": keepsMoreContent ? content : content.keeping(["creator"])
    case "m.room.join_rules":
      content.keeping(keepsAllowOfJoinRules ? ["join_rule", "allow"] : ["join_rule"])
    case "m.room.power_levels":
      content.keeping(keepsMoreContent ? Self.powerLevels.union(["invite"]) : Self.powerLevels)
    case "m.room.history_visibility": content.keeping(["history_visibility"])
    case "m.room.aliases" where keepsAliases: content.keeping(["aliases"])
    case "m.room.redaction" where keepsMoreContent: content.keeping(["redacts"])
    default: JSONObject()
    }
  }

  private func redactMember(_ content: JSONObject) -> JSONObject {
    var result = content.keeping(
      keepsAuthorisingUser ? ["membership", "join_authorised_via_users_server"] : ["membership"])
    // An invitation that is an object stays one, if only an empty one.
    if keepsMoreContent, let invitation = content["third_party_invite"]?.object {
      result["third_party_invite"] = .object(invitation.keeping(["signed"]))
    }
    return result
  }

  private static let powerLevels: Set<JSONText> = [
    "users", "users_default", "events", "events_default", "state_default", "ban", "kick", "redact",
  ]
}
