import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// What the columns of `room_stats_state` are made of.
@Suite struct RoomDescriptionTests {
  @Test(arguments: TestDatabase.availableEngines)
  func eachTypeHasItsColumn(_ engine: Engine) async throws {
    let cases: [(type: String, content: String, column: String, value: String?)] = [
      ("m.room.join_rules", #"{"join_rule":"knock"}"#, "join_rules", "knock"),
      ("m.room.history_visibility", #"{"history_visibility":"joined"}"#, "history_visibility", "joined"),
      ("m.room.encryption", #"{"algorithm":"m.megolm"}"#, "encryption", "m.megolm"),
      ("m.room.encryption", #"{"algorithm":1}"#, "encryption", nil),
      ("m.room.name", #"{"name":"A room"}"#, "name", "A room"),
      ("m.room.name", #"{"name":""}"#, "name", ""),
      ("m.room.name", #"{"name":["a"]}"#, "name", nil),
      ("m.room.name", #"{"name":"nul\u0000"}"#, "name", nil),
      ("m.room.name", #"{"name":null}"#, "name", nil),
      ("m.room.name", "{}", "name", nil),
      ("m.room.avatar", #"{"url":"mxc://a/b"}"#, "avatar", "mxc://a/b"),
      ("m.room.canonical_alias", ##"{"alias":"#a:b","alt_aliases":["#c:d"]}"##, "canonical_alias", "#a:b"),
      ("m.room.create", #"{"type":"m.space"}"#, "room_type", "m.space"),
      ("m.room.create", #"{"type":5}"#, "room_type", nil),
      ("m.room.guest_access", #"{"guest_access":"can_join"}"#, "guest_access", nil),
    ]
    try await World.with(engine) { world in
      for (number, example) in cases.enumerated() {
        try world.room("!\(number)")
        try world.current(example.type, in: "!\(number)", content: example.content)
        // Another state key is another state.
        try world.current("m.room.name", in: "!\(number)", content: #"{"name":"no"}"#, stateKey: "x")
      }
      let outcome = try world.countRooms()
      #expect(outcome.skipped == ["state value of the wrong type or with U+0000": 4])
      for (number, example) in cases.enumerated() {
        let value = try world.described(example.column, of: "!\(number)")
        #expect(value == SQLValue(example.value), "\(example)")
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func federation(_ engine: Engine) async throws {
    let cases: [(create: String?, isFederatable: Bool)] = [
      (nil, true), ("{}", true), (#"{"m.federate":true}"#, true), (#"{"m.federate":false}"#, false),
      (#"{"m.federate":null}"#, false), (#"{"m.federate":1}"#, false), (#"{"m.federate":1.0}"#, false),
      (#"{"m.federate":"true"}"#, false), (#"{"m.federate":[true]}"#, false),
    ]
    try await World.with(engine) { world in
      for (number, example) in cases.enumerated() {
        try world.room("!\(number)")
        try world.current("m.room.topic", in: "!\(number)", content: #"{"topic":"t"}"#)
        if let create = example.create {
          try world.current("m.room.create", in: "!\(number)", content: create)
        }
      }
      try world.countRooms()
      for (number, example) in cases.enumerated() {
        let value = try world.described("is_federatable", of: "!\(number)")?.boolean
        #expect(value == example.isFederatable, "\(example)")
      }
    }
  }

  @Test(arguments: [
    (#"{"topic":"plain"}"#, "plain"),
    (#"{"topic":5}"#, nil),
    (#"{"topic":null,"m.topic":{"m.text":[{"body":"x"}]}}"#, nil),
    (#"{"m.topic":{"m.text":[{"body":"x"}]}}"#, nil),
    (#"{"topic":"t","m.topic":{"m.text":[{"body":"x"}]}}"#, "x"),
    (#"{"topic":"t","m.topic":{"m.text":[{"body":"x","mimetype":""}]}}"#, "x"),
    (
      #"{"topic":"t","m.topic":{"m.text":[{"body":"<b>","mimetype":"text/html"},{"body":"x","mimetype":"text/plain"}]}}"#,
      "x"
    ),
    (#"{"topic":"t","m.topic":{"m.text":[{"body":"<b>","mimetype":"text/html"}]}}"#, "t"),
    (
      #"{"topic":"t","m.topic":{"m.text":[1,null,"x",[],{"body":5},{"body":"y","mimetype":5},{"body":"z"}]}}"#,
      "z"
    ),
    (#"{"topic":"t","m.topic":{"m.text":[{"body":"y","mimetype":null}]}}"#, "t"),
    (#"{"topic":"t","m.topic":{"m.text":{"body":"x"}}}"#, "t"),
    (#"{"topic":"t","m.topic":{"m.text":[]}}"#, "t"),
    (#"{"topic":"t","m.topic":[{"body":"x"}]}"#, "t"),
    (#"{"topic":"t","m.topic":"x"}"#, "t"),
    (#"{"topic":"t","m.topic":{"m.text":[{"body":"","mimetype":"text/plain"},{"body":"x"}]}}"#, ""),
    (#"{"topic":"t","m.topic":{"m.text":[{"body":"x","mimetype":"TEXT/PLAIN"}]}}"#, "t"),
  ])
  func plainTextTopic(_ content: String, _ topic: String?) throws {
    let event = try #require(EventBody(json: #"{"content":\#(content)}"#, metadata: "{}"))
    #expect(PlainTextTopic.text(of: event.content)?.string == topic)
    var skips = SkipCounter()
    #expect(RoomDescription([.topic: event.content], skips: &skips).texts[.topic] == topic)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func redactedStateKeepsWhatRoomVersionsKeep(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!r")
      let events = [
        try world.current("m.room.create", in: "!r", content: #"{"type":"m.space","m.federate":false}"#),
        try world.current("m.room.name", in: "!r", content: #"{"name":"gone"}"#),
        try world.current("m.room.topic", in: "!r", content: #"{"topic":"gone"}"#),
        try world.current("m.room.avatar", in: "!r", content: #"{"url":"gone"}"#),
        try world.current("m.room.encryption", in: "!r", content: #"{"algorithm":"gone"}"#),
        try world.current("m.room.canonical_alias", in: "!r", content: #"{"alias":"gone"}"#),
        try world.current("m.room.join_rules", in: "!r", content: #"{"join_rule":"public"}"#),
        try world.current(
          "m.room.history_visibility", in: "!r", content: #"{"history_visibility":"shared"}"#),
      ]
      for event in events { try world.redact(event, in: "!r", by: World.remote) }
      try world.countRooms()
      let row = try world.connection.queryRow(
        """
        SELECT room_type, name, topic, avatar, encryption, canonical_alias, join_rules, history_visibility
        FROM room_stats_state
        """)
      #expect(
        row?.values == [
          .text("m.space"), .null, .null, .null, .null, .null, .text("public"), .text("shared"),
        ])
      #expect(try world.described("is_federatable", of: "!r")?.boolean == false)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func guestAccessSurvivesUnlessItIsAskedFor(_ engine: Engine) async throws {
    try await World.with(engine) { world in
      try world.room("!r")
      try world.current("m.room.guest_access", in: "!r", content: #"{"guest_access":"forbidden"}"#)
      try world.connection.execute(
        "INSERT INTO room_stats_state (room_id, name, guest_access) VALUES ('!r', 'old', 'can_join')")
      try world.countRooms()
      #expect(try world.described("guest_access", of: "!r") == .text("can_join"))
      #expect(try world.described("name", of: "!r") == .null)
      let outcome = try world.countRooms(from: #"{"guest_access":true}"#)
      #expect(outcome.progress.last == #"{"guest_access":true,"last_room_id":"!r"}"#)
      #expect(try world.described("guest_access", of: "!r") == .text("forbidden"))
    }
  }
}
