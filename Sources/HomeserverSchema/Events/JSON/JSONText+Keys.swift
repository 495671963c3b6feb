import GradusJSON

extension JSONText {
  // The keys and values that are looked for in each event, made once.
  static let algorithm: JSONText = "algorithm"
  static let alias: JSONText = "alias"
  static let content: JSONText = "content"
  static let federate: JSONText = "m.federate"
  static let guestAccess: JSONText = "guest_access"
  static let historyVisibility: JSONText = "history_visibility"
  static let inviteRoomState: JSONText = "invite_room_state"
  static let joinRule: JSONText = "join_rule"
  static let knockRoomState: JSONText = "knock_room_state"
  static let name: JSONText = "name"
  static let recheckRedaction: JSONText = "recheck_redaction"
  static let redaction: JSONText = "m.room.redaction"
  static let replacementRoom: JSONText = "replacement_room"
  static let sender: JSONText = "sender"
  static let signatures: JSONText = "signatures"
  static let topic: JSONText = "topic"
  static let type: JSONText = "type"
  static let unsigned: JSONText = "unsigned"
  static let url: JSONText = "url"
}
