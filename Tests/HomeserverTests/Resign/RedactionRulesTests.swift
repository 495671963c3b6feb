import GradusJSON
import Testing

@testable import HomeserverSchema

/// What a redaction leaves, for each room version and each type that any of them treats apart.
@Suite struct RedactionRulesTests {
  /// What a type's content has before, and of it what stays: from which version on and, for some, up to which.
  struct Case: Sendable, CustomTestStringConvertible {
    let type: String
    let kept: [(key: String, from: Int, to: Int)]
    var testDescription: String { type }

    init(_ type: String, _ kept: [(String, Int, Int)]) {
      self.type = type
      self.kept = kept.map { ($0.0, $0.1, $0.2) }
    }
  }

  static let everyKey = [
    "membership", "join_authorised_via_users_server", "third_party_invite", "creator", "room_version",
    "predecessor",
    "join_rule", "allow", "users", "users_default", "events", "events_default", "state_default", "ban",
    "kick",
    "redact", "invite", "notifications", "aliases", "history_visibility", "redacts", "reason", "body", "name",
  ]

  static let cases = [
    Case(
      "m.room.member",
      [("membership", 1, 12), ("join_authorised_via_users_server", 9, 12), ("third_party_invite", 11, 12)]),
    Case("m.room.create", [("creator", 1, 12)] + everyKey.filter { $0 != "creator" }.map { ($0, 11, 12) }),
    Case("m.room.join_rules", [("join_rule", 1, 12), ("allow", 8, 12)]),
    Case(
      "m.room.power_levels",
      [
        ("users", 1, 12), ("users_default", 1, 12), ("events", 1, 12), ("events_default", 1, 12),
        ("state_default", 1, 12), ("ban", 1, 12), ("kick", 1, 12), ("redact", 1, 12), ("invite", 11, 12),
      ]),
    Case("m.room.aliases", [("aliases", 1, 5)]),
    Case("m.room.history_visibility", [("history_visibility", 1, 12)]),
    Case("m.room.redaction", [("redacts", 11, 12)]),
    Case("m.room.message", []),
    Case("m.room.name", []),
  ]

  @Test(arguments: 1...12, cases)
  func content(_ version: Int, _ of: Case) throws {
    let rules = try #require(RedactionRules(roomVersion: "\(version)"))
    let members = Self.everyKey.map { #""\#($0)":"\#($0) value""# }.joined(separator: ",")
    let event = #"{"type":"\#(of.type)","content":{\#(members)}}"#
    let redacted = rules.redact(try #require(try JSONScanner.value(event).object))
    var kept = of.kept.filter { $0.from <= version && version <= $0.to }.map(\.key)
    // Only an object counts there, unless the whole content stays.
    if of.type == "m.room.member" { kept.removeAll { $0 == "third_party_invite" } }
    let content = try #require(redacted["content"]?.object)
    #expect(content.members.map(\.key) == kept.map { JSONText($0) }.sorted())
    for key in kept { #expect(content[JSONText(key)] == .string(JSONText(key + " value"))) }
  }

  @Test(arguments: 1...12)
  func outermostKeys(_ version: Int) throws {
    let rules = try #require(RedactionRules(roomVersion: "\(version)"))
    let always = [
      "event_id", "sender", "room_id", "hashes", "signatures", "content", "type", "state_key", "depth",
      "prev_events",
      "auth_events", "origin_server_ts",
    ]
    let old = ["prev_state", "membership", "origin"]
    for type in ["m.room.message", "m.room.create"] {
      var event = JSONObject()
      for key in always + old + ["age_ts", "redacts", "txn_id", "x"] { event[JSONText(key)] = .null }
      event["type"] = .string(JSONText(type))
      event["unsigned"] = try JSONScanner.value(
        #"{"age_ts":1,"replaces_state":"$x","prev_content":{},"age":2}"#)
      let redacted = rules.redact(event)
      var expected = always + (version <= 10 ? old : []) + ["unsigned"]
      if version == 12, type == "m.room.create" { expected.removeAll { $0 == "room_id" } }
      #expect(redacted.members.map(\.key) == expected.map { JSONText($0) }.sorted())
      #expect(redacted["unsigned"]?.object?.members.map(\.key) == ["age_ts", "replaces_state"])
    }
  }

  @Test(arguments: 1...12)
  func thirdPartyInvitation(_ version: Int) throws {
    let rules = try #require(RedactionRules(roomVersion: "\(version)"))
    func redacted(_ invitation: String) throws -> String {
      let event = #"{"type":"m.room.member","content":{"third_party_invite":\#(invitation)}}"#
      let content = rules.redact(try #require(try JSONScanner.value(event).object))["content"]
      return String(decoding: try #require(content).compact, as: UTF8.self)
    }
    let keeps = version >= 11
    #expect(
      try redacted(#"{"signed":{"mxid":"@a:b"},"display_name":"x"}"#)
        == (keeps ? #"{"third_party_invite":{"signed":{"mxid":"@a:b"}}}"# : "{}"))
    #expect(try redacted(#"{"display_name":"x"}"#) == (keeps ? #"{"third_party_invite":{}}"# : "{}"))
    #expect(try redacted("5") == "{}")
  }

  @Test func unstableVersions() throws {
    func keys(_ version: String) throws -> [Bool] {
      let rules = try #require(RedactionRules(roomVersion: version))
      let event = #"{"type":"m.room.create","room_id":"!a","origin":"x","content":{"room_version":"1"}}"#
      let redacted = rules.redact(try #require(try JSONScanner.value(event).object))
      return [
        redacted["origin"] != nil, redacted["content"]?.object?["room_version"] != nil,
        redacted["room_id"] != nil,
      ]
    }
    for version in ["org.matrix.msc1767.10", "org.matrix.msc3757.10", "10"] {
      #expect(try keys(version) == [true, false, true])
    }
    for version in ["org.matrix.msc3757.11", "11"] { #expect(try keys(version) == [false, true, true]) }
    for version in ["org.matrix.hydra.11", "12"] { #expect(try keys(version) == [false, true, false]) }
    for version in ["", "0", "13", "01", "+1", "x"] { #expect(RedactionRules(roomVersion: version) == nil) }
  }

  @Test func whereARedactionSaysWhatItRedacts() throws {
    let event = try #require(
      try JSONScanner.value(#"{"redacts":"$top","content":{"redacts":"$inner"}}"#).object)
    #expect(RedactionRules(roomVersion: "10")?.target(of: event) == "$top")
    #expect(RedactionRules(roomVersion: "11")?.target(of: event) == "$inner")
    let zero = #"{"redacts":"$a\u0000","content":{"redacts":"$b\u0000"}}"#
    for version in ["10", "11"] {
      let event = try #require(try JSONScanner.value(zero).object)
      #expect(RedactionRules(roomVersion: version)?.target(of: event) == nil)
    }
    #expect(RedactionRules(roomVersion: "1")?.target(of: JSONObject()) == nil)
    #expect(RedactionRules(roomVersion: "11")?.target(of: JSONObject()) == nil)
  }
}
