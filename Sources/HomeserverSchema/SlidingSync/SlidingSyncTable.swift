/// The tables of sliding sync, by name.
enum SlidingSyncTable {
  static let queue = "sliding_sync_joined_rooms_to_recalculate"
  static let joinedRooms = "sliding_sync_joined_rooms"
  static let snapshots = "sliding_sync_membership_snapshots"
}
