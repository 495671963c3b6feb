/// The types of events that move a room up a client's list.
enum BumpTypes {
  static let all = [
    "m.room.create", "m.room.message", "m.room.encrypted", "m.sticker", "m.call.invite", "m.poll.start",
    "m.beacon_info",
  ]

  /// All as a list of SQL literals.
  static let sqlList = all.map { "'\($0)'" }.joined(separator: ", ")
}
