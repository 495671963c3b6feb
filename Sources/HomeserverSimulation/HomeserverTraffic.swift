import GradusJSON
import GradusSQL
import GradusTestSupport
import HomeserverSchema

/// One thing that users or other servers do, decided by a seed and by what is in the database.
struct HomeserverTraffic {
  private let writer: HomeserverWriter
  private var generator: SeededGenerator

  private static let users = (0..<5).map { "@user\($0):example.org" }
  private static let remote = "@remote:elsewhere.example"

  /// Whether users forget rooms: that has no position.
  private let mayForget: Bool

  init(_ version: HomeserverWriter.Version, seed: UInt64, mayForget: Bool) {
    self.mayForget = mayForget
    writer = HomeserverWriter(version)
    generator = SeededGenerator(seed: seed)
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &generator) < percent
  }
  private mutating func user() -> String { Self.users.randomElement(using: &generator)! }

  /// In the caller's transaction.
  mutating func write(_ connection: Connection) throws {
    let rooms = try connection.query("SELECT room_id FROM rooms ORDER BY room_id").map { try $0.text(0) }
    guard let room = rooms.randomElement(using: &generator), !chance(10) else {
      return try addRoom(connection)
    }
    do {
      try act(room, connection)
    } catch let error as HomeserverError where error.code == .notInRoom {
      try returnTo(room, connection)
    }
  }

  private mutating func addRoom(_ connection: Connection) throws {
    if chance(30) {
      _ = try writer.setOutOfBandMembership(
        connection, user: user(), .invite, sender: Self.remote, strippedState: strippedState(),
        roomVersion: "10")
      return
    }
    _ = try writer.createRoom(
      connection, name: chance(50) ? "Room" : nil, type: chance(20) ? "m.space" : nil,
      isEncrypted: chance(20),
      creator: user(), members: [(user(), .join), (user(), .invite)], roomVersion: chance(50) ? "1" : "10")
  }

  private mutating func strippedState() -> JSONValue? {
    let create: JSONValue = ["type": "m.room.create", "state_key": "", "sender": "@a:b", "content": [:]]
    let name: JSONValue = [
      "type": "m.room.name", "state_key": "", "sender": "@a:b", "content": ["name": "Invited"],
    ]
    return [[create, name], [create], [], nil].randomElement(using: &generator)!
  }

  private mutating func act(_ room: String, _ connection: Connection) throws {
    let user = user()
    switch Int.random(in: 0..<100, using: &generator) {
    case ..<20: _ = try writer.sendMessage(connection, room: room, sender: user)
    case ..<24: _ = try writer.sendMessage(connection, room: room, sender: user, type: "m.reaction")
    case ..<27:
      _ = try writer.sendMessage(connection, room: room, sender: Self.remote, rejectionReason: "auth_error")
    case ..<45:
      let names: [JSONValue?] = [nil, "A", "B", "C", "", 5]
      _ = try writer.setName(connection, room: room, sender: user, names.randomElement(using: &generator)!)
    case ..<50:
      _ = try writer.setEncryption(
        connection, room: room, sender: user, algorithm: chance(70) ? "m.megolm.v1.aes-sha2" : nil)
    case ..<54:
      _ = try writer.setTombstone(
        connection, room: room, sender: user, successor: chance(70) ? "!next:example.org" : nil)
    case ..<60:
      let events = try connection.query(
        "SELECT event_id FROM events WHERE room_id = $1 AND NOT outlier ORDER BY event_id", [.text(room)])
      guard let event = try events.randomElement(using: &generator)?.text(0) else { return }
      _ = try writer.redact(connection, room: room, event: event, sender: user)
    case ..<65 where mayForget: try writer.forget(connection, room: room, user: user)
    case ..<68: try writer.purgeRoom(connection, room: room)
    case ..<73:
      let pieces: [HomeserverWriter.Resettable] = [
        .state("m.room.name"), .state("m.room.encryption"), .state("m.room.tombstone"), .membership(user),
        .membership(user), .membership(user),
      ]
      _ = try writer.resetState(
        connection, room: room, sender: Self.remote, pieces.randomElement(using: &generator)!,
        isGone: chance(50))
    default:
      let memberships: [HomeserverWriter.Membership] = [.join, .join, .leave, .leave, .invite, .knock, .ban]
      _ = try writer.setMembership(
        connection, room: room, user: user, memberships.randomElement(using: &generator)!)
    }
  }

  /// What can happen with a room that the server is not in.
  private mutating func returnTo(_ room: String, _ connection: Connection) throws {
    let user = user()
    switch Int.random(in: 0..<3, using: &generator) {
    case 0:
      _ = try writer.joinRemoteRoom(
        connection, room: room, user: user, creator: Self.remote, name: chance(50) ? "From afar" : nil,
        isEncrypted: chance(30))
    case 1: _ = try writer.setOutOfBandMembership(connection, room: room, user: user, .leave)
    default:
      _ = try writer.setOutOfBandMembership(
        connection, room: room, user: user, .invite, sender: Self.remote, strippedState: strippedState())
    }
  }
}
