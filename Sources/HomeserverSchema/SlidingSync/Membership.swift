/// The memberships that a user can have in a room.
enum Membership: String, CaseIterable {
  case join, invite, knock, leave, ban

  /// All as a list of SQL literals.
  static let sqlList = allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
}
