import Crypto
import Foundation
import GradusSQL
import GradusTestSupport
import HomeserverFixtures
import Testing

@testable import HomeserverSchema

/// An event's id, from room version 3 on, is the hash of what is signed of it (and its signatures are not), so that the
/// ids of a real server's events tell whether its redaction and canonical form are ours.
@Suite(.enabled(if: Fixtures.areAvailable, "the fixtures are not there; set GRADUS_FIXTURES"))
struct EventIDTests {
  @Test func idsOfARealServersEventsAreRight() async throws {
    try await FixtureDatabase.with("homeserver-small.sqlite", on: .sqlite) { connection in
      let rows = try connection.query(
        """
        SELECT j.event_id, j.json, r.room_version, j.format_version
        FROM event_json j JOIN rooms r ON r.room_id = j.room_id WHERE j.format_version >= 2
        """)
      var versions: Set<String> = []
      for row in rows {
        let version = try row.text(2)
        let document = try #require(EventDocument(try row.text(1)))
        let bytes = try document.signedBytes(try #require(RedactionRules(roomVersion: version)))
        var id = "$" + UnpaddedBase64.encode(Data(SHA256.hash(data: bytes)))
        if version != "3" {
          id = id.replacing("+", with: "-").replacing("/", with: "_")
        }
        #expect(try row.text(0) == id, "version \(version)")
        versions.insert(version)
      }
      #expect(versions == Set((3...12).map { "\($0)" }))
    }
  }
}
