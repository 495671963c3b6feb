import GradusSQL
import GradusSimulation
import GradusTestSupport
import GradusUpdates
import HomeserverSchema
import Testing

/// Signing events anew, killed at every statement.
@Suite struct EventResignTrialTests {
  @Test(arguments: TestDatabase.availableEngines)
  func signingAnewIsSafe(_ engine: Engine) async throws {
    let key = try SigningKey(file: "ed25519 a_new AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
    let update = EventResignUpdate(identity: ServerIdentity(serverName: "local", signingKey: key))
    let report = try await UpdateTrial(
      "event_resign", registry: UpdateRegistry(handlers: [update]), batchSizes: [2, 1000], crashes: 1000,
      prepare: prepare
    ).run(on: engine)
    #expect(report.isSafe, "\(report)")
    #expect(report.kills > 30)
  }

  @Sendable private func prepare(_ connection: Connection) throws {
    try connection.executeScript(
      """
      CREATE TABLE events (
        stream_ordering BIGINT PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, room_id TEXT NOT NULL, type TEXT NOT NULL,
        sender TEXT, received_ts BIGINT
      );
      CREATE TABLE event_json (
        event_id TEXT NOT NULL UNIQUE, json TEXT NOT NULL, internal_metadata TEXT NOT NULL, format_version BIGINT
      );
      CREATE TABLE rooms (room_id TEXT PRIMARY KEY, room_version TEXT);
      CREATE TABLE rejections (event_id TEXT NOT NULL UNIQUE);
      INSERT INTO rooms VALUES ('!r', '10');
      """)
    for position in -1...2 as ClosedRange<Int64> {
      let sender = position % 3 == 0 ? "@a:remote" : "@a:local"
      let type = position == 2 ? "m.room.redaction" : "m.room.message"
      let json =
        #"{"type":"\#(type)","sender":"\#(sender)","content":{"n":1.50},"redacts":"$1","#
        + #""signatures":{"remote":{"ed25519:1":"x"}}}"#
      try connection.execute(
        "INSERT INTO events VALUES ($1, $2, '!r', $3, $4, NULL)",
        [.integer(position), .text("$\(position)"), .text(type), .text(sender)])
      try connection.execute(
        "INSERT INTO event_json VALUES ($1, $2, '{}', 3)", [.text("$\(position)"), .text(json)])
    }
  }
}
