/// What something that a user did adds to the user's statistics.
public struct UserStatisticsChange: Sendable, Hashable {
  /// The user.
  public var userID: String
  /// The position of the change in the stream of events.
  public var position: Int64
  /// Added to the number of joined rooms.
  public var joinedRooms: Int64 = 0
  /// Invites that the user sent in the slice.
  public var invitesSent: Int64 = 0
  /// Rooms that the user made in the slice.
  public var roomsCreated: Int64 = 0
  /// Events that the user sent in the slice.
  public var totalEvents: Int64 = 0
  /// Bytes of those events.
  public var totalEventBytes: Int64 = 0

  /// A change that adds nothing yet.
  ///
  /// - Parameters:
  ///   - userID: the user.
  ///   - position: the position of the change in the stream of events.
  public init(_ userID: String, at position: Int64) {
    self.userID = userID
    self.position = position
  }

  var counts: StatisticsRecorder.Counts {
    StatisticsRecorder.Counts(
      id: userID, position: position, absolute: [joinedRooms],
      perSlice: [invitesSent, roomsCreated, totalEvents, totalEventBytes])
  }
}
