import GradusJSON

/// The state of a room that an invite or knock carries for those who are not in the room.
struct StrippedState {
  private var contents: [RelevantState: JSONObject] = [:]

  /// Reads the stripped state of an invite or knock.
  ///
  /// - Parameters:
  ///   - event: the membership event.
  ///   - membership: its membership, which says where the state is.
  init(of event: EventBody, membership: Membership) {
    self.init(event.unsigned[membership == .knock ? .knockRoomState : .inviteRoomState])
  }

  /// - Parameter value: what stands where the state is to be, of any shape; nil where nothing does.
  init(_ value: JSONValue?) {
    guard case .array(let elements) = value else { return }
    for element in elements {
      guard let element = element.object, element[.sender]?.string != nil,
        let content = element[.content]?.object, element["state_key"]?.string == "",
        let type = (element[.type]?.string?.string).flatMap(RelevantState.init)
      else { continue }
      contents[type] = content
    }
  }

  /// Whether the room is described at all: other events without the create event count for nothing.
  var isKnown: Bool { contents[.create] != nil }

  /// The values of the room. An event that is missing means "not set".
  func values(skips: inout SkipCounter) -> RoomValues {
    isKnown ? RoomValues(contents, over: .notSet, skips: &skips) : .unknown
  }
}

extension RoomValues {
  /// The values of a room of which nothing is known.
  static var unknown: RoomValues {
    RoomValues(roomType: .value(nil), roomName: .value(nil), isEncrypted: .value(false))
  }

  /// The values of a room of which it is known that it has none.
  fileprivate static var notSet: RoomValues {
    RoomValues(
      roomType: .value(nil), roomName: .value(nil), isEncrypted: .value(false),
      tombstoneSuccessor: .value(nil))
  }
}
