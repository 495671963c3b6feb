/// What a change of a room's state, or an event in it, adds to the room's statistics.
public struct RoomStatisticsChange: Sendable, Hashable {
  /// The room.
  public var roomID: String
  /// The position of the change in the stream of events.
  public var position: Int64
  /// Added to the number of its current state events.
  public var currentStateEvents: Int64 = 0
  /// Added to the number of its joined members.
  public var joinedMembers: Int64 = 0
  /// Added to the number of its invited members.
  public var invitedMembers: Int64 = 0
  /// Added to the number of those who left.
  public var leftMembers: Int64 = 0
  /// Added to the number of those who are banned.
  public var bannedMembers: Int64 = 0
  /// Added to the number of those who knocked.
  public var knockedMembers: Int64 = 0
  /// Added to the number of joined members of this server.
  public var localUsersInRoom: Int64 = 0
  /// Events of the slice.
  public var totalEvents: Int64 = 0
  /// Bytes of the slice's events.
  public var totalEventBytes: Int64 = 0

  /// A change that adds nothing yet.
  ///
  /// - Parameters:
  ///   - roomID: the room.
  ///   - position: the position of the change in the stream of events.
  public init(_ roomID: String, at position: Int64) {
    self.roomID = roomID
    self.position = position
  }

  var counts: StatisticsRecorder.Counts {
    StatisticsRecorder.Counts(
      id: roomID, position: position,
      absolute: [
        currentStateEvents, joinedMembers, invitedMembers, leftMembers, bannedMembers, localUsersInRoom,
        knockedMembers,
      ],
      perSlice: [totalEvents, totalEventBytes])
  }
}
