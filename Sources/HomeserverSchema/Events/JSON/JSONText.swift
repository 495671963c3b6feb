/// A string of JSON as a sequence of code points.
///
/// Unlike a Swift string it may hold lone surrogates, which JSON can escape, and two strings are equal only if all their
/// code points are: composed and decomposed letters are different keys.
package struct JSONText: Hashable, Sendable {
  /// UTF-8, with lone surrogates encoded as if they were characters.
  var bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  init(_ string: String) { bytes = Array(string.utf8) }

  /// The Swift string; nil where there are lone surrogates.
  var string: String? { String(validating: bytes, as: UTF8.self) }

  /// What follows the first colon of a user's id; nil where there is none.
  var domain: JSONText? {
    bytes.firstIndex(of: UInt8(ascii: ":")).map { JSONText(bytes: Array(bytes[($0 + 1)...])) }
  }
}

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

extension JSONText: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}

extension JSONText: Comparable {
  /// By code points, which is the order of the bytes.
  package static func < (left: JSONText, right: JSONText) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
