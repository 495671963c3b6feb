import GradusJSON
import GradusSQL
import GradusTestSupport
import HomeserverFixtures
import Testing

@testable import HomeserverSchema

/// A real server's events, of all room versions, signed anew.
@Suite(.enabled(if: Fixtures.areAvailable, "the fixtures are not there; set GRADUS_FIXTURES"))
struct EventResignFixtureTests {
  @Test(arguments: TestDatabase.availableEngines)
  func nothingChangesButTheSignatures(_ engine: Engine) async throws {
    try await FixtureDatabase.with("homeserver-small.sqlite", on: engine) { connection in
      let before = try events(connection)
      let identity = ServerIdentity(serverName: "oracle.test", signingKey: try Keys.second)
      let outcome = try UpdateLoop.run(EventResignUpdate(identity: identity), size: 1000, on: connection)
      let after = try events(connection)
      #expect(after.count == before.count)
      #expect(outcome.skipped == [:])
      #expect(outcome.scanned == before.count)
      var signed = 0
      for (id, (json, version)) in after {
        let old = try #require(EventDocument(before[id]?.json ?? ""))
        let new = try #require(EventDocument(json))
        var expected = old.signatures
        if old.sender.domain == "oracle.test" {
          expected["oracle.test"] = new.signatures["oracle.test"]
          let signatures = try #require(new.signatures["oracle.test"]?.object)
          #expect(signatures.members.map(\.key) == ["ed25519:a_new"])
          let signature = try #require(signatures["ed25519:a_new"]?.string?.string)
          let rules = try #require(RedactionRules(roomVersion: version))
          #expect(try Keys.secondPublic.verifies(signature, of: try new.signedBytes(rules)), "\(id)")
          signed += 1
        } else {
          #expect(json == before[id]?.json)
        }
        #expect(new.signatures == expected)
        // The text of all else stays, too.
        #expect(new.text(signatures: JSONObject()) == old.text(signatures: JSONObject()))
      }
      #expect(signed == 4008)
      #expect(outcome.written == signed)
    }
  }

  private func events(_ connection: Connection) throws -> [String: (json: String, version: String)] {
    let rows = try connection.query(
      "SELECT j.event_id, j.json, r.room_version FROM event_json j JOIN rooms r ON r.room_id = j.room_id")
    return Dictionary(
      uniqueKeysWithValues: try rows.map { (try $0.text(0), (try $0.text(1), try $0.text(2))) })
  }
}
