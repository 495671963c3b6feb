import GradusSQL

/// A user's membership in a room; compared by bytes, as the databases do.
struct MembershipKey: Hashable, Comparable {
  let roomID: String
  let userID: String

  static func == (left: MembershipKey, right: MembershipKey) -> Bool {
    left.roomID.hasSameBytes(as: right.roomID) && left.userID.hasSameBytes(as: right.userID)
  }

  static func < (left: MembershipKey, right: MembershipKey) -> Bool {
    left.roomID.hasSameBytes(as: right.roomID)
      ? left.userID.precedesByBytes(right.userID) : left.roomID.precedesByBytes(right.roomID)
  }

  func hash(into hasher: inout Hasher) {
    roomID.hashBytes(into: &hasher)
    userID.hashBytes(into: &hasher)
  }
}
