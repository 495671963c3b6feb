import GradusSQL
import GradusTestSupport
import GradusUpdates
import HomeserverFixtures
import HomeserverSchema
import Testing

/// A real database with much of its data spoilt at random: no update may stop.
@Suite(.enabled(if: Fixtures.areAvailable, "the fixtures are not there; set GRADUS_FIXTURES"))
struct MangledDataTests {
  private static let texts = [
    "", "null", "[1]", "5", "{", "{}", #"{"content":5}"#,
    #"{"content":{"name":5,"type":true,"algorithm":0}}"#,
    #"{"content":{"name":"a\u0000b","type":["m.space"],"replacement_room":{}}}"#,
    #"{"content":{"name":"\ud800"}}"#,
    #"{"content":{},"unsigned":"x"}"#, #"{"content":{},"unsigned":{"invite_room_state":"x"}}"#,
    #"{"content":{},"unsigned":{"invite_room_state":[5,null,{"type":"m.room.create","state_key":"","sender":"@a:b","content":{"type":5}}]}}"#,
    #"{"content":{"name":"twice"},"content":{"name":"x"}} trailing"#, #"{"content":{"name":1e999}}"#,
    #"{"type":7,"state_key":7,"sender":7,"content":{"membership":7}}"#,
  ]

  @Test(arguments: TestDatabase.availableEngines, [UInt64(1), 2, 3])
  func noUpdateStops(engine: Engine, seed: UInt64) async throws {
    try await FixtureDatabase.withDatabase("homeserver-small.sqlite", on: engine) { database in
      let session = try await database.open()
      let key = try SigningKey(file: "ed25519 a_new AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
      let identity = ServerIdentity(serverName: "oracle.test", signingKey: key)
      let handlers = HomeserverUpdates.handlers(of: .success(identity))
      try await session.transaction { connection in
        for (table, _) in TableDump.slidingSync { try connection.execute("DELETE FROM \(table)") }
        try spoil(connection, seed)
        for handler in handlers {
          // One that does not begin by itself: somebody has to say what it removes.
          let progress = handler.name == "stats_purge_history" ? #"{"before_ts":0}"# : "{}"
          try connection.execute(
            "INSERT INTO background_updates (update_name, progress_json) VALUES ($1, $2)",
            [.text(handler.name), .text(progress)])
        }
      }
      let runner = UpdateRunner(
        session: session, registry: UpdateRegistry(handlers: handlers),
        options: UpdateOptions(batches: BatchOptions(pause: .zero, defaultBatchSize: 37, attempts: 1)))
      let summary = try await runner.run()
      #expect(summary.waiting.isEmpty, "seed \(seed)")
      let rows = try await session.run { try TableDump.slidingSync($0).count }
      #expect(rows > 0)
    }
  }

  private func spoil(_ connection: Connection, _ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let events = try connection.query(
      """
      SELECT event_id FROM events WHERE type IN
        ('m.room.create', 'm.room.name', 'm.room.member', 'm.room.encryption', 'm.room.tombstone')
      ORDER BY event_id
      """
    ).map { try $0.text(0) }
    func some(_ count: Int) -> ArraySlice<String> { events.shuffled(using: &random).prefix(count) }
    for event in some(400) {
      let text = Self.texts.randomElement(using: &random)!
      try connection.execute(
        "UPDATE event_json SET json = $2 WHERE event_id = $1", [.text(event), .text(text)])
    }
    let statements = [
      "UPDATE event_json SET internal_metadata = 'x' WHERE event_id = $1",
      "UPDATE event_json SET internal_metadata = '{\"soft_failed\":5}' WHERE event_id = $1",
      "UPDATE event_json SET format_version = 99 WHERE event_id = $1",
      "UPDATE event_json SET format_version = NULL WHERE event_id = $1",
      "DELETE FROM event_json WHERE event_id = $1",
      "DELETE FROM event_to_state_groups WHERE event_id = $1",
      "UPDATE events SET sender = NULL WHERE event_id = $1",
      "UPDATE events SET outlier = TRUE WHERE event_id = $1",
      "UPDATE events SET instance_name = '' WHERE event_id = $1",
      "UPDATE room_memberships SET forgotten = NULL WHERE event_id = $1",
      "DELETE FROM room_memberships WHERE event_id = $1",
      "UPDATE local_current_membership SET membership = 'bogus' WHERE event_id = $1",
      "UPDATE local_current_membership SET event_stream_ordering = NULL WHERE event_id = $1",
      "INSERT INTO rejections (event_id, reason, last_check) VALUES ($1, 'x', '1') ON CONFLICT DO NOTHING",
      "INSERT INTO redactions (event_id, redacts) VALUES ('$none' || $1, $1) ON CONFLICT DO NOTHING",
      "UPDATE rooms SET room_version = 'unknown' WHERE room_id = (SELECT room_id FROM events WHERE event_id = $1)",
      "UPDATE rooms SET room_version = NULL WHERE room_id = (SELECT room_id FROM events WHERE event_id = $1)",
    ]
    for statement in statements {
      for event in some(statement.contains("rooms SET") ? 6 : 30) {
        try connection.execute(statement, [.text(event)])
      }
    }
  }
}
