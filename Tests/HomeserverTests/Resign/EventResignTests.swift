import Foundation
import GradusJSON
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

@testable import HomeserverSchema

/// Which events are signed anew, and what becomes of them.
@Suite struct EventResignTests {
  private static let new = "ed25519:a_new"
  private static let old = "ed25519:1"

  @Test(arguments: TestDatabase.availableEngines)
  func decisions(_ engine: Engine) async throws {
    try await SignedWorld.with(engine) { world in
      let signed = try world.event()
      let foreign = try world.event(by: World.remote, signedBy: ["remote": Keys.first])
      let both = try world.event(signedBy: ["local": Keys.first, "remote": Keys.second])
      let current = try world.event(signedBy: ["local": Keys.second])
      let unsigned = try world.event(signedBy: [:])
      let otherServer = try world.event(signedBy: ["remote": Keys.first])
      let wrong = try world.event(
        json: SignedWorld.json(signedBy: ["local": Keys.first]).replacing("bob", with: "bib"))
      let outcome = try world.resign()
      #expect(try world.signers(of: signed) == [Self.new])
      #expect(try world.signers(of: both) == [Self.new])
      #expect(try world.signers(of: both, "remote") == [Self.new])
      #expect(try world.signers(of: foreign, "remote") == [Self.old])
      #expect(try world.signers(of: foreign) == [])
      #expect(try world.signers(of: current) == [Self.new])
      #expect(try world.signers(of: unsigned) == [])
      #expect(try world.signers(of: otherServer) == [])
      #expect(try world.signers(of: wrong) == ["(\(Self.old))"])
      #expect(outcome.written == 2)
      #expect(outcome.scanned == 7)
      #expect(outcome.skipped == ["signature of the old key does not verify": 1])

      // Without an old key every event of the server is signed, and nothing is looked at.
      let all = try world.resign("{}")
      for event in [unsigned, otherServer, wrong] { #expect(try world.signers(of: event) == [Self.new]) }
      #expect(try world.signers(of: otherServer, "remote") == [Self.old])
      #expect(try world.signers(of: foreign) == [])
      #expect(all.written == 3)
      #expect(all.skipped == [:])
      #expect(try world.resign("{}").written == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aSignatureOfTheCurrentKeyIsNotLookedAt(_ engine: Engine) async throws {
    try await SignedWorld.with(engine) { world in
      let json =
        #"{"type":"m","sender":"@bob:local","content":{},"signatures":{"local":{"ed25519:a_new":5}}}"#
      let event = try world.event(json: json)
      try world.resign("{}")
      #expect(try world.json(of: event) == json)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func signaturesOfAnyFormAreNoObstacle(_ engine: Engine) async throws {
    try await SignedWorld.with(engine) { world in
      func event(_ signatures: String) throws -> String {
        try world.event(
          json: #"{"type":"m","sender":"@bob:local","content":{},"signatures":\#(signatures)}"#)
      }
      let odd = try event(#"{"local":{"ed25519:1":["x"]},"other \u0000\u00e9":{"x":1.50}}"#)
      let none = try event("null")
      let bad = [try event("[]"), try event(#"{"local":5}"#)]
      #expect(
        try world.resign().skipped == [
          "signature of the old key does not verify": 1, "event unparsable": 2,
        ])
      try world.resign("{}")
      #expect(try world.signers(of: odd) == [Self.new])
      #expect(try world.signers(of: none) == [Self.new])
      #expect(try world.json(of: odd).contains(#""other \u0000\u00e9":{"x":1.50}"#))
      for event in bad { #expect(try !world.json(of: event).contains("a_new")) }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func everythingElseStays(_ engine: Engine) async throws {
    try await SignedWorld.with(engine) { world in
      let head = #"{ "content" : {"big":123456789012345678901234567890,"f":1.0,"e":1e3,"nul":"\u0000","#
      let tail =
        #""crab":"\ud83e\udd80🦀","lone":"\ud800","twice":1,"twice":[2.50]},"type":"m.room.message","x":1,"x":2,"#
        + #""sender":"@bob:local","unsigned":{"age":5},"redacts":null, "depth":0.0 }"#
      let deep = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
      let event = try world.event(
        json: head + #""deep":"# + deep + "," + tail)
      let empty = try world.event(
        json:
          #"{"signatures":{"a":{}},"sender":"@bob:local","type":"m","content":{},"signatures":{ }, "z":0}"#)
      try world.resign("{}")
      let json = try world.json(of: event)
      #expect(json.hasSuffix(#" "content" : {"# + head.dropFirst(15) + #""deep":"# + deep + "," + tail))
      #expect(json.hasPrefix(#"{"signatures":{"local":{"ed25519:a_new":""#))
      #expect(try world.signers(of: event) == [Self.new])
      let parts = try world.json(of: empty).split(separator: #""ed25519:a_new":""#)
      #expect(
        parts.first
          == #"{"signatures":{"a":{}},"sender":"@bob:local","type":"m","content":{},"signatures":{"local":{"#)
      #expect(parts.last?.dropFirst(86) == #""}}, "z":0}"#)
      let events = try world.connection.query("SELECT internal_metadata, format_version FROM event_json")
      #expect(events.map(\.values) == Array(repeating: ["{}", 3], count: 2))
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatCannotBeSignedIsCounted(_ engine: Engine) async throws {
    try await SignedWorld.with(engine) { world in
      let texts = [
        #"{"type":"\ud800","sender":"@bob:local","content":{}}"#,
        #"{"type":"m","sender":"@bob:local","content":{},"depth":1e999}"#,
      ]
      let events = try texts.map { try world.event(json: $0) }
      let unparsable = [
        "", "null", "[]", "{}", #"{"type":"m","sender":"@bob:local"}"#, #"{"type":"m","content":{}}"#,
        #"{"sender":"@bob:local","content":{}}"#, #"{"type":"m","sender":"@bob:local","content":[]}"#,
        #"{"type":"m","sender":"@bob:local","content":{},"unsigned":5}"#,
        #"{"type":"m","sender":"@bob:local","content":{}} x"#,
        #"{"type":"m","sender":"@bob:local","content":{"a":"# + String(repeating: "[", count: 2000)
          + String(repeating: "]", count: 2000) + "}}",
      ]
      for text in unparsable { try world.event(json: text) }
      try world.event(stored: .init(format: 3, metadata: "x"))
      let outcome = try world.resign("{}")
      #expect(outcome.written == 0)
      #expect(
        outcome.skipped == [
          "event that cannot be signed: a lone surrogate or an infinite number": 2,
          "event unparsable": unparsable.count + 1,
        ])
      for (event, text) in zip(events, texts) { #expect(try world.json(of: event) == text) }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatNoReaderIsGivenIsLeftAlone(_ engine: Engine) async throws {
    try await SignedWorld.with(engine) { world in
      try world.event(stored: .init(isRejected: true, format: 3))
      try world.event(stored: .init(format: 1))
      try world.event(stored: .init(format: nil))
      try world.world.room("!unknown", version: "99")
      try world.world.room("!none", version: nil)
      func event(_ type: String, in room: String, format: Int64) throws -> String {
        let json = try SignedWorld.json(type, roomVersion: "5", signedBy: ["local": Keys.first])
        return try world.world.event(type, in: room, by: World.bob, .init(format: format, json: json))
      }
      _ = try event("m.room.message", in: "!unknown", format: 3)
      _ = try event("m.room.message", in: "!none", format: 3)
      _ = try event("m.room.member", in: "!none", format: 4)
      let members = try (1...3).map { try event("m.room.member", in: "!none", format: $0) }
      // What is not stripped state is none of an event's.
      for unsigned in [#"{"invite_room_state":"x"}"#, #"{"knock_room_state":{}}"#] {
        try world.event("m.room.member", #""content":{"membership":"invite"},"unsigned":\#(unsigned)"#)
      }
      let outcome = try world.resign()
      #expect(outcome.written == 3)
      for member in members { #expect(try world.signers(of: member, roomVersion: "5") == [Self.new]) }
      #expect(
        outcome.skipped == [
          "event of another format than its room": 3, "room version unknown": 1,
          "event of a room without a version": 1, "event unparsable": 2,
        ])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func redactionsThatCountForNothingAreLeftAlone(_ engine: Engine) async throws {
    try await SignedWorld.with(engine) { world in
      let target = try world.event()
      let foreign = try world.event(by: World.remote)
      let rejected = try world.event(stored: .init(isRejected: true, format: 3))
      let unreadable = try world.event(json: "x")
      let create = try world.event("m.room.create")
      try world.world.room("!other", version: "11")
      let elsewhere = try world.world.event(
        "m", in: "!other", .init(format: 3, json: try SignedWorld.json(signedBy: [:])))
      func redaction(of target: String?, recheck: Bool = false) throws -> String {
        let content = target.map { #"{"redacts":"\#($0)"}"# } ?? #"{"redacts":5}"#
        return try world.event(
          "m.room.redaction", #""content":\#(content),"redacts":"\#(target == nil ? "$x" : "$none")""#,
          stored: .init(format: 3, metadata: recheck ? #"{"recheck_redaction":true}"# : "{}"))
      }
      let counting = try [
        redaction(of: target), redaction(of: target, recheck: true), redaction(of: foreign),
        redaction(of: rejected),
      ]
      let withheld = try [
        redaction(of: nil), redaction(of: "$none"), redaction(of: unreadable), redaction(of: create),
        redaction(of: elsewhere), redaction(of: foreign, recheck: true),
      ]
      // Its redaction is what counts, not where it stands in the batch.
      try world.resign(size: 3)
      for event in counting { #expect(try world.signers(of: event) == [Self.new]) }
      for event in withheld { #expect(try world.signers(of: event) == [Self.old]) }
    }
  }

  /// PostgreSQL takes no such text, not even to look for it.
  @Test(arguments: TestDatabase.availableEngines, ["10", "11"])
  func aRedactionOfAnIDWithU0000IsLeftAlone(_ engine: Engine, version: String) async throws {
    try await SignedWorld.with(engine) { world in
      try world.connection.execute("UPDATE rooms SET room_version = $1", [.text(version)])
      let id = #""$a\u0000b""#
      let members = version == "10" ? #""content":{},"redacts":\#(id)"# : #""content":{"redacts":\#(id)}"#
      let json = try SignedWorld.json(
        "m.room.redaction", members, roomVersion: version, signedBy: ["local": Keys.first])
      let redaction = try world.event("m.room.redaction", json: json)
      let message = try world.event(
        json: try SignedWorld.json(roomVersion: version, signedBy: ["local": Keys.first]))
      let outcome = try world.resign()
      #expect(outcome.written == 1 && outcome.skipped == [:])
      #expect(try world.json(of: redaction) == json)
      #expect(try world.signers(of: message, roomVersion: version) == [Self.new])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aCensoredEventHasTheSignatureOfTheWholeOne(_ engine: Engine) async throws {
    try await SignedWorld.with(engine) { world in
      let members = #""depth":3,"content":{"membership":"join","displayname":"b"},"unsigned":{"age":1}"#
      let pruned = #""depth":3,"content":{"membership":"join"}"#
      let events = try [members, pruned].map { try world.event("m.room.member", $0) }
      try world.resign()
      let signatures = try events.map { EventDocument(try world.json(of: $0))?.signatures }
      #expect(signatures[0] == signatures[1])
      #expect(try world.signers(of: events[0]) == [Self.new])
    }
  }

  @Test(arguments: TestDatabase.availableEngines, ["lo_al", "lo%l", "lOcAl"])
  func namesAreNoPatterns(_ engine: Engine, name: String) async throws {
    try await SignedWorld.with(engine, serverName: name) { world in
      let own = try world.event(by: "@bob:\(name)", signedBy: [name: Keys.first])
      let others = try ["local", "loXXl", "sub.\(name)", "\(name):8448", "x:\(name)", "LOCAL"].map { server in
        try world.event(by: "@bob:\(server)", signedBy: [server: Keys.first])
      }
      #expect(try world.resign().written == 1)
      #expect(try world.resign("{}").written == 0)
      #expect(try world.signers(of: own, JSONText(name)) == [Self.new])
      for event in others { #expect(try !world.json(of: event).contains("a_new")) }
    }
  }
}
