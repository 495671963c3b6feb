import GradusSQL

/// The tables of sliding sync, by name.
enum SlidingSyncTable {
  static let queue = "sliding_sync_joined_rooms_to_recalculate"
  static let joinedRooms = "sliding_sync_joined_rooms"
  static let snapshots = "sliding_sync_membership_snapshots"

  /// Joins the snapshot of a membership, as `s`, to follow an item of a FROM clause; NULLs where there is none.
  ///
  /// - Parameter item: an item before, with the membership's room and user.
  static func snapshot(of item: String, on connection: Connection) -> String {
    connection.lookUp(
      snapshots, as: "s", "room_id", equals: "\(item).room_id", where: "s.user_id = \(item).user_id",
      isOptional: true)
  }
}
