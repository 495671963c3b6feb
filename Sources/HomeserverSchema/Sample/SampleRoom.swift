import GradusSQL

/// One room of the sample: makes its events from a generator of its own.
struct SampleRoom {
  let sample: SampleDatabase
  let size: Int
  private let roomID: String
  private let version: String
  private var generator: SplitMix
  private let members: [String]

  init(sample: SampleDatabase, number: Int, size: Int) {
    self.sample = sample
    self.size = size
    var generator = SplitMix(seed: sample.seed &* 0x1_0000_0001 &+ UInt64(number) &+ 1)
    roomID = "!\(generator.identifier(18)):\(sample.serverName)"
    version = generator.chance(50) ? "1" : "10"
    // Users from a random one on, in steps that have no divisor in common with their number: all different.
    let start = generator.below(max(sample.users, 1))
    var step = 1 + generator.below(max(sample.users, 1))
    while Self.greatestDivisor(step, sample.users) != 1 { step += 1 }
    members = (0..<size).map { sample.userID((start + $0 * step) % sample.users) }
    self.generator = generator
  }

  private static func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }

  /// Adds the room to a batch.
  func write(to batch: inout SampleBatch) {
    var writer = SampleRoomWriter(
      roomID: roomID, version: version, serverName: sample.serverName, generator: generator)
    // A third of the small rooms, a tenth of all, are known by invites alone.
    if size <= 3, writer.generator.chance(33) {
      batch.add(room: roomID, creator: "", version: version)
      for member in members { addInvitation(of: member, &writer) }
    } else {
      batch.add(room: roomID, creator: members[0], version: version)
      addRoom(&writer)
    }
    writer.write(to: &batch)
  }

  private func addRoom(_ room: inout SampleRoomWriter) {
    let creator = members[0]
    let type =
      switch room.generator.below(100) {
      case ..<10: #","type":"m.space""#
      case 10: #","type":5"#
      case 11: #","type":"""#
      default: ""
      }
    room.addState(
      "m.room.create", sender: creator, #"{"creator":"\#(creator)","room_version":"\#(version)"\#(type)}"#)
    room.addMember(creator, "join", sender: creator)
    if room.generator.chance(10) {
      let algorithm = room.generator.chance(10) ? "7" : #""m.megolm.v1.aes-sha2""#
      room.addState("m.room.encryption", sender: creator, #"{"algorithm":\#(algorithm)}"#)
    }
    addName(creator, &room)
    addMessages(creator, &room)
    let change = room.generator.below(max(members.count, 2))
    for (index, member) in members.enumerated().dropFirst() {
      addMember(member, creator, &room)
      // Some rooms change while people come and go, so that memberships differ in what they saw.
      if index == change, room.generator.chance(30) { addName(creator, &room) }
    }
    if room.generator.chance(10) {
      let successor = room.generator.identifier(18)
      room.addState(
        "m.room.tombstone", sender: creator,
        #"{"body":"moved","replacement_room":"!\#(successor):\#(sample.serverName)"}"#)
      if room.generator.chance(10), let last = room.events.indices.last {
        room.addRedaction(of: last, creator)
      }
    }
  }

  private func addName(_ creator: String, _ room: inout SampleRoomWriter) {
    let name: String? =
      switch room.generator.below(100) {
      case 0: #""broken\u0000name""#
      case 1: "42"
      case 2: "null"
      case 3: #""""#
      case 4: #"["a","b"]"#
      case ..<70: #""Room \#(room.generator.below(10_000)) of caf\u00e9s""#
      default: nil
      }
    guard let name else { return }
    room.addState("m.room.name", sender: creator, #"{"name":\#(name)}"#)
    if room.generator.chance(3), let last = room.events.indices.last { room.addRedaction(of: last, creator) }
    if room.generator.chance(2) {
      room.addRejected("m.room.name", sender: "@mallory:evil.example", #"{"name":"Mine"}"#)
    }
  }

  private func addMessages(_ sender: String, _ room: inout SampleRoomWriter) {
    for number in 0..<room.generator.below(sample.messagesPerRoom + 1) {
      let isReaction = room.generator.chance(20)
      room.add(
        SampleEvent(
          isReaction ? "m.reaction" : "m.room.message", sender: sender,
          content: #"{"msgtype":"m.text","body":"Message \#(number)"}"#))
      if room.generator.chance(3), let last = room.events.indices.last { room.addRedaction(of: last, sender) }
    }
  }

  private func addMember(_ user: String, _ creator: String, _ room: inout SampleRoomWriter) {
    switch room.generator.below(100) {
    case ..<72: room.addMember(user, "join", sender: user)
    case ..<80:
      room.addMember(user, "invite", sender: creator, unsigned: invitationFromInside("invite", room))
    case ..<83: room.addMember(user, "knock", sender: user, unsigned: invitationFromInside("knock", room))
    case ..<94:
      room.addMember(user, "join", sender: user)
      room.addMember(user, "leave", sender: room.generator.chance(70) ? user : creator)
      if room.generator.chance(20) { room.forget(user) }
    default:
      room.addMember(user, "join", sender: user)
      room.addMember(user, "ban", sender: creator)
    }
  }

  private func invitationFromInside(_ kind: String, _ room: SampleRoomWriter) -> String {
    let types = ["m.room.create", "m.room.name", "m.room.encryption"]
    let elements = room.events.indices.filter { types.contains(room.events[$0].type) && room.isCurrent($0) }
      .map { index in
        let event = room.events[index]
        return
          #"{"type":"\#(event.type)","state_key":"","sender":"\#(event.sender)","content":\#(event.content)}"#
      }
    return #"{"\#(kind)_room_state":[\#(elements.joined(separator: ","))]}"#
  }

  /// A membership of a room that the server is not in.
  private func addInvitation(of user: String, _ room: inout SampleRoomWriter) {
    let remote = "@remote\(room.generator.below(100)):elsewhere.example"
    let isKnock = room.generator.chance(20)
    let kind = isKnock ? "knock" : "invite"
    if room.generator.chance(95) {
      let unsigned = #"{"\#(kind)_room_state":\#(strippedState(from: remote, &room))}"#
      room.addOutOfBand(user, kind, sender: isKnock ? user : remote, unsigned: unsigned)
      guard room.generator.chance(25) else { return }
    }
    room.addOutOfBand(user, "leave", sender: room.generator.chance(80) ? user : remote, unsigned: "{}")
  }

  /// What comes with an invite; one in four is not as it should be.
  private func strippedState(from sender: String, _ room: inout SampleRoomWriter) -> String {
    func element(_ type: String, _ content: String) -> String {
      #"{"type":"\#(type)","state_key":"","sender":"\#(sender)","content":\#(content)}"#
    }
    let type = room.generator.chance(10) ? #""type":"m.space""# : ""
    let create = element("m.room.create", "{\(type)}")
    let name = element("m.room.name", #"{"name":"Invited \#(room.generator.below(1000))"}"#)
    let encryption = element("m.room.encryption", #"{"algorithm":"m.megolm.v1.aes-sha2"}"#)
    switch room.generator.below(40) {
    case 0: return "[]"
    case 1: return "[\(name),\(encryption)]"
    case 2: return #"[\#(create),{"type":"m.room.name","state_key":"","content":{"name":"No sender"}}]"#
    case 3: return #"[\#(create),\#(element("m.room.name", #"{"name":"nul\u0000"}"#))]"#
    case 4: return #"[\#(create),\#(element("m.room.name", #"{"name":7}"#))]"#
    case 5: return #"[1,"two",null,\#(create),\#(name)]"#
    case 6: return #"[\#(create),\#(name),\#(element("m.room.name", #"{"name":"The second counts"}"#))]"#
    case 7:
      return
        #"[\#(create),\#(element("m.room.tombstone", #"{"replacement_room":"!next:elsewhere.example"}"#))]"#
    case 8: return #"[{"type":"m.room.create","state_key":"x","sender":"\#(sender)","content":{}},\#(name)]"#
    case 9:
      return #"[{"type":"m.room.create","state_key":"","sender":"\#(sender)","content":"none"},\#(name)]"#
    case ..<20: return "[\(create),\(name),\(encryption)]"
    default: return "[\(create),\(name)]"
    }
  }
}
