/// Why a row of a batch was left out, or a value of it treated as absent.
enum SkipReason: String {
  // Rows left out.
  case idNotText = "id that is bytes, no text"
  case unknownRoomVersion = "room version unknown"
  case noReadableState = "no readable state event"
  case noEventInRoom = "no event to take the position from"
  case unknownMembership = "membership unknown"
  case membershipEventMissing = "membership event missing"
  case membershipEventIncomplete = "membership event without sender or position"
  case roomWithoutVersion = "event of a room without a version"
  case oldSignatureWrong = "signature of the old key does not verify"
  case unsignable = "event that cannot be signed: a lone surrogate or an infinite number"

  // Events that no reader is given: what is made of them has no values of theirs, and they themselves are left out.
  case eventUnparsable = "event unparsable"
  case eventFormatMismatch = "event of another format than its room"

  // Values treated as absent.
  case roomMissing = "room missing in rooms"
  case unusableValue = "state value of the wrong type or with U+0000"
  case noStateGroup = "event without state group"
  case inviteUnreadable = "invite or knock missing or unreadable"
  case forgottenMissing = "forgotten is NULL"
}

/// Counts reasons over a batch.
struct SkipCounter: Sendable {
  private(set) var counts: [String: Int] = [:]

  mutating func count(_ reason: SkipReason, _ times: Int = 1) {
    if times > 0 { counts[reason.rawValue, default: 0] += times }
  }

  mutating func add(_ other: SkipCounter) {
    counts.merge(other.counts, uniquingKeysWith: +)
  }
}
