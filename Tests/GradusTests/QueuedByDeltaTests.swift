import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// An update that a delta's own statement queues, and of which rows have stayed of an earlier time: a program that knows
/// nothing of Gradus's tables took it off the queue.
@Suite struct QueuedByDeltaTests {
  @Test(arguments: TestDatabase.availableEngines)
  func whatWasKnownIsForgotten(engine: Engine) async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_start.sql": "CREATE TABLE start (id BIGINT PRIMARY KEY);",
      "delta/main/2/01_queue.sql":
        "INSERT INTO background_updates (update_name, progress_json) VALUES ('again', '{}');",
    ])
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      func migrate(to version: Int) async throws {
        try await DatabaseMigrator(
          schema: try tree.definition(to: version), database: PhysicalDatabase(driver: database.driver)
        ).migrate(on: session)
      }
      try await migrate(to: 1)
      try await session.run { connection in
        try connection.executeScript(
          """
          INSERT INTO background_updates (update_name, progress_json) VALUES ('queued', '{}');
          INSERT INTO gradus_updates (update_name, started_at, updated_at) VALUES ('again', 1, 1), ('queued', 1, 1);
          INSERT INTO gradus_update_leases (update_name, part, progress, upper_key, expires_at)
          VALUES ('again', 1, '1', '2', 0), ('queued', 1, '1', '2', 0);
          INSERT INTO gradus_update_controls (update_name) VALUES ('again'), ('queued'), ('*');
          """)
      }
      try await migrate(to: 2)
      for (table, known) in [
        ("gradus_updates", ["queued"]), ("gradus_update_leases", ["queued"]),
        ("gradus_update_controls", ["*", "queued"]),
      ] {
        let found = try await session.run {
          try $0.query("SELECT update_name FROM \(table) ORDER BY update_name").map { $0[0].text }
        }
        #expect(found == known, "\(table)")
      }
    }
  }
}
