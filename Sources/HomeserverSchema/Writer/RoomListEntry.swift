/// One room in a user's list.
package struct RoomListEntry: Sendable, Hashable {
  /// Where an entry's values come from.
  package enum Source: Sendable, Hashable {
    /// The sliding sync tables.
    case derivedRows
    /// The events themselves, at the cost of several queries a room.
    case events
  }

  /// The room.
  package var roomID: String
  /// The user's membership.
  package var membership: String
  /// The position of the membership event.
  package var membershipPosition: Int64
  /// `m.space` or another type; nil for an ordinary room.
  package var roomType: String?
  /// The name, if it has one.
  package var roomName: String?
  /// Whether it is encrypted.
  package var isEncrypted: Bool
  /// The room that replaces it.
  package var tombstoneSuccessor: String?
  /// The newest event that brings the room up; joined rooms only.
  package var bumpStamp: Int64?
  /// Where the values come from.
  package var source: Source
}
