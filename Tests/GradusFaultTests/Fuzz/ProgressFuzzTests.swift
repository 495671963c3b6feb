import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import HomeserverFixtures
import HomeserverSchema
import Testing

/// Damaged texts in `background_updates.progress_json`: the update is parked with an error that names it, or the text
/// means what an undamaged one may mean. The process lives, and a parked update has written nothing.
@Suite struct ProgressFuzzTests {
  /// Texts that no update may take for a progress.
  private static let damaged = [
    "", " ", "null", "1", "\"a\"", "[]", "true", "{", "}", "{\"", "{}{}", "{'a':1}", "{\"a\":}", "NaN",
    "\u{FEFF}{}x", "{} ;",
    String(repeating: "[", count: 600), "{\"a\":" + String(repeating: "{\"a\":", count: 600),
  ]

  /// Values of the wrong type, or far beyond any row.
  private static let values = [
    "-9223372036854775808", "9223372036854775807", "9223372036854775808", "1e400", "-1", "0.5", "\"\"",
    "\"\\u0000\"", "\"\\ud800\"", "[]",
    "[1,2,3]", "[-9223372036854775808]", "[9223372036854775807]", "[\"a\"]", "[null]", "{}", "true", "null",
    "\"x\"",
  ]

  private static let keys = [
    "last", "pass", "state", "lower_bound", "deleted", "last_room_id", "last_user_id",
    "last_event_stream_ordering",
    "initial_phase", "remaining", "last_stream_pos", "old_key", "before_ts", "only_missing", "guest_access",
    "max_pos", "unknown",
  ]

  private static func progress(_ generator: inout SeededGenerator) -> String {
    if Int.random(in: 0..<4, using: &generator) == 0 { return damaged.randomElement(using: &generator) ?? "" }
    let members = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
      "\"\(keys.randomElement(using: &generator) ?? "")\":\(values.randomElement(using: &generator) ?? "")"
    }
    let text = "{\(members.joined(separator: ","))}"
    guard Int.random(in: 0..<6, using: &generator) == 0 else { return text }
    return Mutation(words: values).apply(to: text, &generator)
  }

  private static func isObject(_ text: String) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(text.utf8))) is [String: Any]
  }

  /// Updates on a database of their own.
  private struct Bench {
    let session: Session
    let registry: UpdateRegistry
    let tables: [String]

    /// Runs one update from a text; gives back why it was parked, nil where it was not.
    func run(_ name: String, from progress: String) async throws -> String? {
      try await session.transaction { connection in
        try connection.execute("DELETE FROM background_updates")
        try connection.execute("DELETE FROM gradus_update_controls")
        try connection.execute("DELETE FROM gradus_update_leases")
        try connection.execute(
          "INSERT INTO background_updates (update_name, progress_json) VALUES ($1, $2)",
          [.text(name), .text(progress)])
      }
      let options = UpdateOptions(
        batches: BatchOptions(pause: .zero, defaultBatchSize: 50, attempts: 1), health: .off)
      let summary = try await UpdateRunner(session: session, registry: registry, options: options).run()
      return summary.waiting[name]
    }

    func rows() async throws -> [String] {
      let tables = tables
      return try await session.run { connection in
        try tables.flatMap { table in
          try connection.query("SELECT * FROM \(table)").map { "\(table) \($0.values)" }.sorted()
        }
      }
    }

    func fuzz(_ engine: Engine, _ names: [String], runs: Int) async {
      let known = names
      await Fuzzing("progress-\(engine)", runs: runs).run(
        make: { generator in
          (known.randomElement(using: &generator) ?? "") + "\n" + ProgressFuzzTests.progress(&generator)
        },
        judge: { input in
          let parts = input.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
          // Made smaller, an input may name no update.
          guard parts.count == 2, known.contains(parts[0]), !parts[1].contains("\0") else { return nil }
          let before = try await rows()
          guard let reason = try await run(parts[0], from: parts[1]) else {
            let needsNone = !ProgressFuzzTests.readers.contains(parts[0])
            return needsNone || ProgressFuzzTests.isObject(parts[1])
              ? nil : "it ran from what is no JSON object"
          }
          if reason.isEmpty { return "it was parked without a reason" }
          if reason.contains("DecodingError") || reason.contains("_NSJSON") {
            return "the reason is Swift's own: \(reason)"
          }
          return try await rows() == before ? nil : "it was parked and has written: \(reason)"
        })
    }
  }

  /// The declared updates that have a progress to read; others begin anew at each batch by nature.
  private static let readers: Set<String> = ["fill", "fill_by_text", "validate"]

  @Test(arguments: TestDatabase.availableEngines)
  func declaredUpdates(engine: Engine) async throws {
    let schema = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\n",
      "schema/main/1/01_t.sql": """
      CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, n BIGINT NOT NULL DEFAULT 0);
      CREATE TABLE q (id BIGINT PRIMARY KEY);
      INSERT INTO t (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c');
      """,
      "delta/main/2/01_updates.updates.yaml": """
      updates:
        - {name: fill, kind: backfill, table: t, key: id, where: "n < 0", sql: "UPDATE t SET n = n + 1 WHERE {range}"}
        - {name: fill_by_text, kind: backfill, table: t, key: [name, id], sql: "UPDATE t SET n = n + 1 WHERE {range}"}
        - {name: drain, kind: drain, table: q, key: id, sql: "UPDATE t SET n = n + 1 WHERE id IN (SELECT id FROM q WHERE {range})"}
        - {name: once, kind: sql, sql: "UPDATE t SET n = n + 1"}
        - {name: by_n, kind: index, table: t, columns: [n]}
      """,
    ])
    try await withBench(engine, schema) { bench in
      await bench.fuzz(engine, ["fill", "fill_by_text", "drain", "once", "by_n"], runs: 150)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func damageThatWouldPassForTheEnd(engine: Engine) async throws {
    let schema = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\n",
      "schema/main/1/01_t.sql":
        "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0);\nINSERT INTO t (id) VALUES (1), (2);",
      "delta/main/2/01_updates.updates.yaml": """
      updates:
        - {name: fill, kind: backfill, table: t, key: id, sql: "UPDATE t SET n = n + 1 WHERE {range}"}
        - {name: walk, kind: backfill, table: t, key: id, where: "n = 9", sql: "UPDATE t SET n = n + 1 WHERE {range}"}
      """,
    ])
    try await withBench(engine, schema) { bench in
      for progress in [
        #"{"last":["zzz"]}"#, #"{"last":[]}"#, #"{"last":[1,2]}"#, #"{"lst":[1]}"#,
        #"{"pass":9223372036854775807}"#,
        #"{"last":[1.5]}"#, #"{"last":[1]"#,
      ] {
        for name in ["fill", "walk"] {
          let reason = try await bench.run(name, from: progress)
          #expect(reason != nil, "\(name) from \(progress)")
        }
      }
      let rows = try await bench.rows()
      #expect(rows.count == 2 && rows.allSatisfy { $0.contains("integer(0)") }, "\(rows)")
      // The smallest number is a key like any other, also to who estimates how many come after it.
      #expect(try await bench.run("fill", from: #"{"last":[-9223372036854775808]}"#) == nil)
    }
  }

  private func withBench(_ engine: Engine, _ schema: TemporarySchema, _ body: (Bench) async throws -> Void)
    async throws
  {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let definition = try schema.definition()
      try await DatabaseMigrator(schema: definition, database: PhysicalDatabase(driver: database.driver))
        .migrate(on: session)
      let registry = UpdateRegistry(declarations: definition.tree.declarations.values)
      try await body(Bench(session: session, registry: registry, tables: ["t"]))
    }
  }

  /// The worked example's handlers, on a small sample.
  @Test(arguments: TestDatabase.availableEngines)
  func handlers(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let handlers = HomeserverUpdates.handlers(
        of: .failure(FuzzFailure("no identity")),
        directory: .success(DirectorySettings(serverName: "example.org")))
      let registry = UpdateRegistry(handlers: handlers)
      let schema = try SchemaDefinition(root: Fixtures.packageRoot, knownUpdates: Set(handlers.map(\.name)))
      let place = PhysicalDatabase(driver: database.driver)
      try await DatabaseMigrator(schema: schema.acting(as: 86), database: place).migrate(on: session)
      try await SampleDatabase(rooms: 10, memberships: 40, users: 20).fill(session)
      try await DatabaseMigrator(schema: schema.acting(as: 87), database: place).migrate(on: session)
      let bench = Bench(
        session: session, registry: registry,
        tables: [
          "sliding_sync_joined_rooms", "sliding_sync_membership_snapshots", "room_stats_state",
          "user_stats_current",
        ])
      await bench.fuzz(engine, handlers.map(\.name), runs: 150)
    }
  }
}
