import GradusSQL

/// How far phase 2 came, in the order of position, room and user.
struct MembershipPlace {
  let position: Int64
  /// The last membership at the position that was looked at; nil where all of them were.
  let last: MembershipKey?

  /// The condition that a membership `c` comes later.
  ///
  /// - Parameter first: the number of the first of its parameters.
  func comesLater(first: Int) -> String {
    guard last != nil else { return "c.event_stream_ordering > $\(first)" }
    // Positions alone first: an index has nothing else.
    let values = (0..<3).map { "$\(first + $0)" }.joined(separator: ", ")
    return
      "c.event_stream_ordering >= $\(first) AND (c.event_stream_ordering, c.room_id, c.user_id) > (\(values))"
  }

  /// The values of the condition's parameters.
  var parameters: [SQLValue] {
    [SQLValue.integer(position)] + (last.map { [.text($0.roomID), .text($0.userID)] } ?? [])
  }
}
