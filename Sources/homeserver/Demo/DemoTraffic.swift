import GradusJSON
import GradusSQL
import HomeserverSchema

/// Writes as the homeserver of one version does: messages, names, new rooms, comings and goings.
struct DemoTraffic {
  let version: HomeserverWriter.Version
  let serverName: String
  let seed: UInt64

  /// - Parameters:
  ///   - count: how many writes, each in a transaction of its own.
  ///   - session: a session of the database.
  func write(_ count: Int, on session: Session) async throws {
    let writer = HomeserverWriter(version, serverName: serverName)
    let members = try await session.run { connection in
      try connection.query(
        """
        SELECT room_id, user_id FROM local_current_membership WHERE membership = 'join' ORDER BY room_id, user_id
        LIMIT 5000
        """
      ).map { (room: try $0.text(0), user: try $0.text(1)) }
    }
    var random = SplitMix(seed: seed)
    for number in 0..<count {
      guard let member = members.randomElement(using: &random),
        let other = members.randomElement(using: &random)
      else { return }
      let dice = Int.random(in: 0..<20, using: &random)
      try await session.transaction { connection in
        // Who was picked may have left by an earlier write, and with the last one so has the server.
        let isJoined = try connection.queryRow(
          "SELECT 1 FROM local_current_membership WHERE room_id = $1 AND user_id = $2 AND membership = 'join'",
          [.text(member.room), .text(member.user)])
        guard isJoined != nil else { return }
        switch dice {
        case 0:
          try writer.createRoom(
            connection, name: "Room \(number)", creator: member.user, members: [(other.user, .join)])
        case 1, 2:
          try writer.setName(
            connection, room: member.room, sender: member.user, JSONValue("Name \(seed).\(number)"))
        case 3: try writer.setMembership(connection, room: member.room, user: member.user, .leave)
        case 4, 5: try writer.setMembership(connection, room: member.room, user: other.user, .join)
        case 6 where other.user != member.user:
          try writer.setMembership(connection, room: member.room, user: other.user, .invite)
        default:
          try writer.sendMessage(
            connection, room: member.room, sender: member.user, text: "Message \(number)")
        }
      }
    }
  }
}
