import GradusJSON
import GradusSQL
import Testing

@testable import HomeserverSchema

/// What users of a small server might do, at random: the same for the same seed.
struct RandomHistory {
  private var generator: SplitMix
  private let users = (0..<6).map { "@user\($0):example.org" }
  private let remote = "@remote:elsewhere.example"
  /// The rooms made so far and the rooms known from outside.
  private(set) var rooms: [String] = []
  private var events: [String: [String]] = [:]

  init(seed: UInt64) { generator = SplitMix(seed: seed) }

  var allUsers: [String] { users }

  /// Goes on otherwise from here, with the same rooms.
  mutating func reseed(_ seed: UInt64) { generator = SplitMix(seed: seed) }

  /// Does one thing, in a transaction of its own.
  mutating func step(_ writer: HomeserverWriter, _ connection: Connection) throws {
    try connection.transaction { connection in
      if rooms.isEmpty || generator.chance(6) {
        try addRoom(writer, connection)
        return
      }
      let room = rooms[generator.below(rooms.count)]
      do {
        if let event = try act(writer, connection, room) { events[room, default: []].append(event) }
      } catch let error as HomeserverError where error.code == .notInRoom {
        try returnTo(room, writer, connection)
      }
    }
  }

  private mutating func user() -> String { users[generator.below(users.count)] }

  private mutating func addRoom(_ writer: HomeserverWriter, _ connection: Connection) throws {
    let version = generator.chance(50) ? "1" : "10"
    if generator.chance(30) {
      let (room, _) = try writer.setOutOfBandMembership(
        connection, user: user(), .invite, sender: remote, strippedState: strippedState(),
        roomVersion: version)
      rooms.append(room)
      return
    }
    let types: [JSONValue?] = [nil, nil, nil, "m.space", 5, ""]
    rooms.append(
      try writer.createRoom(
        connection, name: generator.chance(50) ? "Room \(rooms.count)" : nil,
        type: types[generator.below(types.count)], isEncrypted: generator.chance(20), creator: user(),
        members: [(user(), .join), (user(), .invite)], roomVersion: version))
  }

  private mutating func strippedState() -> JSONValue? {
    let create: JSONValue = ["type": "m.room.create", "state_key": "", "sender": "@a:b", "content": [:]]
    let name: JSONValue = [
      "type": "m.room.name", "state_key": "", "sender": "@a:b", "content": ["name": "Invited"],
    ]
    let bad: JSONValue = ["type": "m.room.name", "state_key": "", "sender": "@a:b", "content": ["name": 3]]
    let choices: [JSONValue?] = [[create, name], [create], [name], [create, bad], [], nil]
    return choices[generator.below(choices.count)]
  }

  private mutating func act(
    _ writer: HomeserverWriter, _ connection: Connection, _ room: String
  ) throws -> String? {
    let user = user()
    switch generator.below(100) {
    case ..<25: return try writer.sendMessage(connection, room: room, sender: user)
    case ..<30: return try writer.sendMessage(connection, room: room, sender: user, type: "m.reaction")
    case ..<33:
      return try writer.sendMessage(connection, room: room, sender: remote, rejectionReason: "auth_error")
    case ..<45:
      let names: [JSONValue?] = [nil, "A", "B", "", 5, "nul\0", .null, ["list"]]
      return try writer.setName(connection, room: room, sender: user, names[generator.below(names.count)])
    case ..<50:
      let algorithms: [JSONValue?] = ["m.megolm.v1.aes-sha2", nil, .null, 1]
      return try writer.setEncryption(
        connection, room: room, sender: user, algorithm: algorithms[generator.below(algorithms.count)])
    case ..<55:
      let successors: [JSONValue?] = ["!next:example.org", nil, 7]
      return try writer.setTombstone(
        connection, room: room, sender: user, successor: successors[generator.below(successors.count)])
    case ..<63:
      guard let event = events[room]?.randomElement(using: &generator) else { return nil }
      return try writer.redact(connection, room: room, event: event, sender: user)
    case ..<68:
      try writer.forget(connection, room: room, user: user)
      return nil
    default:
      let memberships: [HomeserverWriter.Membership] = [.join, .join, .leave, .leave, .invite, .knock, .ban]
      return try writer.setMembership(
        connection, room: room, user: user, memberships[generator.below(memberships.count)])
    }
  }

  /// What can happen with a room that the server is not in.
  private mutating func returnTo(
    _ room: String, _ writer: HomeserverWriter, _ connection: Connection
  ) throws {
    let user = user()
    switch generator.below(4) {
    case 0:
      try writer.joinRemoteRoom(
        connection, room: room, user: user, creator: remote, name: generator.chance(50) ? "From afar" : nil,
        isEncrypted: generator.chance(30))
    case 1: try writer.setOutOfBandMembership(connection, room: room, user: user, .leave)
    case 2:
      try writer.setOutOfBandMembership(
        connection, room: room, user: user, .knock, strippedState: strippedState())
    default:
      try writer.setOutOfBandMembership(
        connection, room: room, user: user, .invite, sender: remote, strippedState: strippedState())
    }
  }
}

extension Connection {
  /// Compares all derived rows.
  func verify(_ mode: DerivedRowsVerifier.Mode) throws -> VerificationReport {
    // Few rooms at once, so that a test has several chunks.
    try transaction(.read) { try DerivedRowsVerifier(mode, roomsPerChunk: 7).verify($0) }
  }
}
