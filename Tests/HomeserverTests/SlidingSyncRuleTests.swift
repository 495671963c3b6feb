import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Rules of the sliding sync rows, each by itself.
@Suite struct SlidingSyncRuleTests {
  /// Types of events, and whether they move a room up.
  static let types: [(type: String, bumps: Bool)] = [
    ("m.room.create", true), ("m.room.message", true), ("m.room.encrypted", true), ("m.sticker", true),
    ("m.call.invite", true), ("m.poll.start", true), ("m.beacon_info", true),
    ("org.matrix.msc3381.poll.start", false), ("org.matrix.msc3672.beacon_info", false),
    ("m.poll.response", false), ("m.beacon", false), ("m.call.answer", false), ("m.reaction", false),
    ("m.room.name", false), ("m.room.member", false), ("M.ROOM.MESSAGE", false),
  ]

  @Test(arguments: TestDatabase.availableEngines)
  func typesThatMoveARoomUp(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      var expected: [String: String] = [:]
      for (number, example) in Self.types.enumerated() {
        let room = "!\(number)"
        try world.room(room)
        let create = try world.state(.create, in: room)
        try world.member(World.bob, "join", in: room)
        let last = try world.event(example.type, in: room)
        let bump = example.bumps ? last : create
        expected[room] = "\(Self.position(last)) \(Self.position(bump)) - - 0 -"
      }
      #expect(try world.update() == [:])
      for (number, example) in Self.types.enumerated() {
        #expect(try world.joined("!\(number)") == expected["!\(number)"], "\(example.type)")
      }
    }
  }

  /// Only `rejections` says that an event was rejected. That it is soft-failed, redacted or unreadable does not matter.
  @Test(arguments: TestDatabase.availableEngines)
  func eventsThatCountForThePosition(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      func last(
        of room: String, stateKey: String? = nil, _ storage: World.Storage = World.Storage()
      ) throws -> String {
        try world.room(room)
        try world.state(.create, in: room)
        try world.member(World.bob, "join", in: room)
        return try world.event("m.room.message", in: room, stateKey: stateKey, storage)
      }
      var counting: [String: String] = [:]
      counting["!soft"] = try last(of: "!soft", .init(metadata: #"{"soft_failed":true}"#))
      counting["!state"] = try last(of: "!state", stateKey: "x")
      counting["!unreadable"] = try last(of: "!unreadable", .init(json: "no JSON"))
      let noted = try last(of: "!noted")
      counting["!noted"] = noted
      try world.connection.execute(
        "UPDATE events SET rejection_reason = 'auth_error' WHERE event_id = $1", [.text(noted)])
      let redacted = try last(of: "!redacted")
      try world.redact(redacted, in: "!redacted", by: World.remote)
      let passedOver = [
        "!rejected": try last(of: "!rejected", .init(isRejected: true)),
        "!outlier": try last(of: "!outlier", .init(isOutlier: true)),
      ]

      #expect(try world.update() == [:])
      for (room, event) in counting {
        let position = Self.position(event)
        #expect(try world.joined(room) == "\(position) \(position) - - 0 -", "\(room)")
      }
      // The redaction itself comes after it, and moves no room up.
      let position = Self.position(redacted)
      #expect(try world.joined("!redacted") == "\(position + 1) \(position) - - 0 -")
      for (room, event) in passedOver {
        let position = Self.position(event)
        #expect(try world.joined(room) == "\(position - 1) \(position - 2) - - 0 -", "\(room)")
      }
    }
  }

  /// State, and what the rows say of it: type, name, 1 where encrypted, successor.
  static let values: [(type: String, content: String, row: String)] = [
    ("m.room.create", "{}", "- - 0 -"),
    ("m.room.create", #"{"type":null}"#, "- - 0 -"),
    ("m.room.create", #"{"type":""}"#, "'' - 0 -"),
    ("m.room.create", #"{"type":"m.space"}"#, "'m.space' - 0 -"),
    ("m.room.name", "{}", "- - 0 -"),
    ("m.room.name", #"{"name":null}"#, "- - 0 -"),
    ("m.room.name", #"{"name":""}"#, "- '' 0 -"),
    ("m.room.name", #"{"name":" \t"}"#, "- ' \t' 0 -"),
    ("m.room.name", #"{"name":"no","name":"yes"}"#, "- 'yes' 0 -"),
    ("m.room.encryption", "{}", "- - 0 -"),
    ("m.room.encryption", #"{"algorithm":null}"#, "- - 0 -"),
    ("m.room.encryption", #"{"algorithm":""}"#, "- - 1 -"),
    ("m.room.encryption", #"{"algorithm":0}"#, "- - 1 -"),
    ("m.room.encryption", #"{"algorithm":false}"#, "- - 1 -"),
    ("m.room.encryption", #"{"algorithm":{}}"#, "- - 1 -"),
    ("m.room.encryption", #"{"algorithm":[]}"#, "- - 1 -"),
    ("m.room.encryption", #"{"algorithm":"\u0000"}"#, "- - 1 -"),
    ("m.room.tombstone", "{}", "- - 0 -"),
    ("m.room.tombstone", #"{"replacement_room":null}"#, "- - 0 -"),
    ("m.room.tombstone", #"{"replacement_room":""}"#, "- - 0 ''"),
    ("m.room.tombstone", #"{"replacement_room":"!new:b"}"#, "- - 0 '!new:b'"),
  ]

  @Test(arguments: TestDatabase.availableEngines)
  func valuesOfState(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      for (number, example) in Self.values.enumerated() {
        let room = "!\(number)"
        try world.room(room)
        if example.type != "m.room.create" { try world.current("m.room.create", in: room) }
        try world.current(example.type, in: room, content: example.content)
        // Another state key is another state.
        try world.current(
          example.type, in: room,
          content: #"{"type":"no","name":"no","algorithm":"no","replacement_room":"no"}"#, stateKey: "x")
        try world.member(World.bob, "join", in: room)
      }
      #expect(try world.update() == [:])
      for (number, example) in Self.values.enumerated() {
        let room = "!\(number)"
        #expect(try world.snapshot(room) == "'@bob:local' 'join' 1 \(example.row)", "\(example)")
        #expect(try world.joined(room)?.hasSuffix(" \(example.row)") == true, "\(example)")
      }
    }
  }

  private static func stripped(_ type: String, _ content: String) -> String {
    #"{"type":"m.room.\#(type)","state_key":"","sender":"@r:r","content":\#(content)}"#
  }

  /// Stripped states, nil for one that is null, and what a snapshot says of the room: 1 where it is known, type, name, 1
  /// where encrypted, successor.
  static let strippedStates: [(events: [String]?, row: String)] = [
    (nil, "0 - - 0 -"), ([], "0 - - 0 -"), ([stripped("create", "{}")], "1 - - 0 -"),
    (
      [
        stripped("tombstone", #"{"replacement_room":"!new"}"#), stripped("name", #"{"name":"N"}"#),
        stripped("encryption", #"{"algorithm":"a"}"#), stripped("create", #"{"type":"m.space"}"#),
      ], "1 'm.space' 'N' 1 '!new'"
    ),
    // Without a create event nothing counts.
    (
      [
        stripped("tombstone", #"{"replacement_room":"!new"}"#), stripped("name", #"{"name":"N"}"#),
        stripped("encryption", #"{"algorithm":"a"}"#),
      ], "0 - - 0 -"
    ),
    (
      [
        stripped("tombstone", #"{"replacement_room":""}"#), stripped("name", #"{"name":""}"#),
        stripped("encryption", #"{"algorithm":null}"#), stripped("create", #"{"type":""}"#),
      ], "1 '' '' 0 ''"
    ),
    // The later one counts, though it says nothing.
    (
      [
        stripped("create", #"{"type":"m.space"}"#), stripped("name", #"{"name":"N"}"#),
        stripped("create", "{}"), stripped("name", #"{"name":null}"#),
      ], "1 - - 0 -"
    ),
    // What lacks a part, or has one of another type, is none.
    ([#"{"type":"m.room.create","sender":"@r:r","content":{}}"#], "0 - - 0 -"),
    ([#"{"type":"m.room.create","state_key":"","content":{}}"#], "0 - - 0 -"),
    ([#"{"type":"m.room.create","state_key":"","sender":null,"content":{}}"#], "0 - - 0 -"),
    ([#"{"type":"m.room.create","state_key":"","sender":"@r:r","content":[]}"#], "0 - - 0 -"),
    ([#"{"type":"m.room.create","state_key":"x","sender":"@r:r","content":{}}"#], "0 - - 0 -"),
    (["5", "null", "[\(stripped("create", "{}"))]"], "0 - - 0 -"),
    // A whole event is one.
    (
      [#"{"type":"m.room.create","state_key":"","sender":"@r:r","content":{},"depth":1,"unsigned":{}}"#],
      "1 - - 0 -"
    ),
  ]

  @Test(arguments: TestDatabase.availableEngines)
  func valuesOfStrippedState(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      for (number, example) in Self.strippedStates.enumerated() {
        for (membership, other) in [("invite", "knock"), ("knock", "invite")] {
          let room = "!\(membership)\(number)"
          let state = example.events.map { "[\($0.joined(separator: ","))]" } ?? "null"
          try world.room(room)
          // The room as it is does not count, nor does the state that goes with the other membership.
          try world.state(.create, in: room, content: #"{"type":"now"}"#)
          let wrong = Self.stripped("create", #"{"type":"wrong"}"#)
          try world.member(
            World.bob, membership, in: room,
            .init(
              isOutlier: number % 2 == 0,
              unsigned: #"{"\#(membership)_room_state":\#(state),"\#(other)_room_state":[\#(wrong)]}"#))
        }
      }
      #expect(try world.update() == [:])
      for (number, example) in Self.strippedStates.enumerated() {
        for membership in ["invite", "knock"] {
          let snapshot = try world.snapshot("!\(membership)\(number)")
          #expect(snapshot == "'@bob:local' '\(membership)' \(example.row)", "\(example)")
        }
      }
    }
  }

  /// Of somebody who was kept out from afar, all that is known of the room is what the invite or knock before says.
  @Test(arguments: TestDatabase.availableEngines)
  func endsFromAfar(_ engine: Engine) async throws {
    func state(_ name: String) -> String {
      "[\(Self.stripped("create", "{}")),\(Self.stripped("name", #"{"name":"\#(name)"}"#))]"
    }
    let unsigned = #"{"invite_room_state":\#(state("I")),"knock_room_state":\#(state("K"))}"#
    try await World.with(engine) { world in
      func before(_ membership: String, in room: String, depth: Int64, user: String = World.bob) throws {
        try world.member(
          user, membership, in: room, by: World.remote, isCurrent: false,
          .init(depth: depth, isOutlier: true, unsigned: unsigned))
      }
      func end(_ membership: String, in room: String) throws {
        try world.member(World.bob, membership, in: room, by: World.remote, .init(isOutlier: true))
      }
      for room in ["!ban", "!knock", "!deeper", "!others"] { try world.room(room) }
      try before("invite", in: "!ban", depth: 1)
      try end("ban", in: "!ban")
      try before("knock", in: "!knock", depth: 1)
      try end("leave", in: "!knock")
      // A knock that was answered, whatever came last; what is neither invite nor knock tells nothing.
      try before("knock", in: "!deeper", depth: 8)
      try before("invite", in: "!deeper", depth: 7)
      try before("leave", in: "!deeper", depth: 9)
      try end("leave", in: "!deeper")
      try before("invite", in: "!others", depth: 1, user: World.alice)
      try end("leave", in: "!others")
      #expect(try world.update() == [:])
      #expect(try world.snapshot("!ban") == "'@rem:remote' 'ban' 1 - 'I' 0 -")
      #expect(try world.snapshot("!knock") == "'@rem:remote' 'leave' 1 - 'K' 0 -")
      #expect(try world.snapshot("!deeper") == "'@rem:remote' 'leave' 1 - 'K' 0 -")
      #expect(try world.snapshot("!others") == "'@rem:remote' 'leave' 0 - - 0 -")
    }
  }

  /// A snapshot names who wrote its event, and whose it is.
  @Test(arguments: TestDatabase.availableEngines, ["join", "invite"])
  func writersAndSenders(_ engine: Engine, membership: String) async throws {
    let users: [(user: String, instance: String?, expected: String)] = [
      ("@1:local", "writer2", "writer2"), ("@2:local", "", "master"), ("@3:local", nil, "master"),
    ]
    try await World.with(engine) { world in
      try world.room("!a")
      try world.state(.create, in: "!a")
      for (user, instance, _) in users {
        let event = try world.member(
          user, membership, in: "!a", by: World.remote, .init(instance: instance))
        // The event's sender counts, and not the copy.
        try world.connection.execute(
          "UPDATE room_memberships SET sender = '@copy:local' WHERE event_id = $1", [.text(event)])
      }
      #expect(try world.update() == [:])
      let rows = try world.connection.query(
        "SELECT event_instance_name, sender FROM sliding_sync_membership_snapshots ORDER BY user_id")
      #expect(try rows.map { try $0.text(0) } == users.map { $0.expected })
      #expect(rows.allSatisfy { $0[1].text == World.remote })
    }
  }

  /// Of an event whose id was made of its position.
  private static func position(_ event: String) -> Int { Int(event.dropFirst()) ?? 0 }
}
