/// One room in a user's list.
public struct RoomListEntry: Sendable, Hashable {
  /// Where an entry's values come from.
  public enum Source: Sendable, Hashable {
    /// The sliding sync tables.
    case derivedRows
    /// The events themselves, at the cost of several queries a room.
    case events
  }

  /// The room.
  public var roomID: String
  /// The user's membership.
  public var membership: String
  /// The position of the membership event.
  public var membershipPosition: Int64
  /// `m.space` or another type; nil for an ordinary room.
  public var roomType: String?
  /// The name, if it has one.
  public var roomName: String?
  /// Whether it is encrypted.
  public var isEncrypted: Bool
  /// The room that replaces it.
  public var tombstoneSuccessor: String?
  /// The newest event that brings the room up; joined rooms only.
  public var bumpStamp: Int64?
  /// Where the values come from.
  public var source: Source
}
