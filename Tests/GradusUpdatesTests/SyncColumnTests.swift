import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus
@testable import GradusUpdates

/// Columns that follow others, whoever writes.
@Suite struct SyncColumnTests {
  private static func tree(reverse: Bool, extra: [String: String] = [:]) throws -> TemporarySchema {
    var files = [
      "schema/schema.yaml":
        "version: 3\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 1}}\n",
      "schema/main/1/01_tables.sql": """
      CREATE TABLE "num bers" (id BIGINT PRIMARY KEY, "o""ld" BIGINT, other BIGINT);
      INSERT INTO "num bers" VALUES (1, 1, 0), (2, NULL, 0), (3, 3, 0), (4, 4, 0);
      """,
      "delta/main/2/01_new.sql": #"ALTER TABLE "num bers" ADD COLUMN new BIGINT;"#,
      "delta/main/2/02_sync.updates.yaml": """
      updates:
        - name: fill_new
          kind: sync_column
          table: num bers
          key: id
          from: 'o"ld'
          to: new
          using: coalesce("o""ld", -1) * 2 -- twice
          \(reverse ? "reverse: new / 2" : "")
      """,
      "delta/main/3/01_drop.updates.yaml":
        "updates: [{name: end_new, kind: drop_sync, sync: fill_new}]\n",
    ]
    files.merge(extra) { $1 }
    return try TemporarySchema(files)
  }

  private static func with(
    _ engine: Engine, _ tree: TemporarySchema,
    _ body: (Session, (Int) async throws -> [String]) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      let registry = UpdateRegistry(declarations: try tree.definition().tree.declarations.values)
      try await body(session) { version in
        try await DatabaseMigrator(
          schema: tree.definition(to: version), database: PhysicalDatabase(driver: place.driver),
          completer: ForegroundRunner(registry: registry)
        ).migrate(on: session).steps.map(\.reason)
      }
    }
  }

  private static let rows = #"SELECT id, "o""ld", new FROM "num bers" ORDER BY id"#

  @Test(arguments: TestDatabase.availableEngines)
  func fillsFollowsAndEnds(engine: Engine) async throws {
    try await Self.with(engine, Self.tree(reverse: false)) { session, migrate in
      _ = try await migrate(1)
      let reasons = try await migrate(2)
      #expect(reasons.contains { $0.contains("makes a trigger on num bers") })
      try await session.run { connection in
        try connection.execute(#"INSERT INTO "num bers" (id, "o""ld") VALUES (5, 5), (6, NULL)"#)
        try connection.execute(#"INSERT INTO "num bers" (id, "o""ld", new) VALUES (7, 7, 14)"#)
        try connection.execute(#"UPDATE "num bers" SET "o""ld" = 10 WHERE id = 1"#)
        try connection.execute(#"UPDATE "num bers" SET "o""ld" = 20, new = 40 WHERE id = 5"#)
        try connection.execute(#"UPDATE "num bers" SET other = 1"#)
        let values = try connection.query(Self.rows).map { $0[2] }
        #expect(values == [20, nil, nil, nil, 40, -2, 14])
      }
      // Completes what is queued before the trigger goes.
      _ = try await migrate(3)
      try await session.run { connection in
        #expect(try connection.query(Self.rows).map { $0[2] } == [20, -2, 6, 8, 40, -2, 14])
        try connection.execute(#"UPDATE "num bers" SET "o""ld" = 11 WHERE id = 1"#)
        #expect(try connection.query(Self.rows).first?[2] == 20)
        #expect(try connection.query("SELECT 1 FROM background_updates").isEmpty)
      }
    }
  }

  /// A new database begins with a full schema, of which the trigger is no part: no dump writes it.
  @Test(arguments: TestDatabase.availableEngines)
  func newDatabasesHaveTheTrigger(engine: Engine) async throws {
    let table = #"CREATE TABLE "num bers" (id BIGINT PRIMARY KEY, "o""ld" BIGINT, other BIGINT, new BIGINT);"#
    let atTwo = try Self.tree(reverse: true, extra: ["schema/main/2/01_tables.sql": table])
    try await Self.with(engine, atTwo) { session, migrate in
      let reasons = try await migrate(2)
      #expect(reasons.contains { $0.contains("full schema; makes a trigger on num bers") }, "\(reasons)")
      try await session.run { connection in
        try connection.execute(#"INSERT INTO "num bers" (id, "o""ld") VALUES (1, 5)"#)
        try connection.execute(#"INSERT INTO "num bers" (id, new) VALUES (2, 8)"#)
        #expect(try connection.query(Self.rows).map(\.values) == [[1, 5, 10], [2, 4, 8]])
      }
      _ = try await migrate(3)
      try await session.run { connection in
        try connection.execute(#"INSERT INTO "num bers" (id, "o""ld") VALUES (3, 5)"#)
        #expect(try connection.query(Self.rows).last?.values == [3, 5, .null])
      }
    }
    // The deltas up to this one have removed it.
    let atThree = try Self.tree(reverse: true, extra: ["schema/main/3/01_tables.sql": table])
    try await Self.with(engine, atThree) { session, migrate in
      _ = try await migrate(3)
      try await session.run { connection in
        try connection.execute(#"INSERT INTO "num bers" (id, "o""ld") VALUES (1, 5)"#)
        #expect(try connection.query(Self.rows).last?.values == [1, 5, .null])
      }
    }
  }

  /// A delta since may have renamed the table and left a view in its place, or have made it anew without the key.
  @Test(
    arguments: TestDatabase.availableEngines,
    [
      #"CREATE TABLE numbers (id BIGINT, "o""ld" BIGINT, new BIGINT); CREATE VIEW "num bers" AS SELECT * FROM numbers;"#,
      #"CREATE TABLE "num bers" (number BIGINT, "o""ld" BIGINT, new BIGINT);"#,
    ])
  func newDatabasesNeedNoPlaceForTheTrigger(engine: Engine, schema: String) async throws {
    let tree = try Self.tree(reverse: false, extra: ["schema/main/2/01_tables.sql": schema])
    let table = schema.contains("VIEW") ? "numbers" : #""num bers""#
    try await Self.with(engine, tree) { session, migrate in
      _ = try await migrate(2)
      let count = try await session.run { try $0.execute("INSERT INTO \(table) VALUES (1, 5, NULL)") }
      #expect(count == 1)
    }
  }

  /// What another program filled can be checked and recorded.
  @Test(arguments: TestDatabase.availableEngines)
  func certifying(engine: Engine) async throws {
    let tree = try Self.tree(reverse: false)
    let registry = UpdateRegistry(declarations: try tree.definition().tree.declarations.values)
    try await Self.with(engine, tree) { session, migrate in
      _ = try await migrate(2)
      @Sendable func certify() async throws -> UpdateCertificate {
        try await session.transaction { try registry.certify("fill_new", on: $0) }
      }
      try await session.run { _ = try $0.execute("DELETE FROM background_updates") }
      #expect(await #expect(throws: GradusError.self) { try await certify() }?.code == .updatesPending)
      try await session.run {
        _ = try $0.execute(#"UPDATE "num bers" SET new = coalesce("o""ld", -1) * 2"#)
      }
      #expect(try await certify().verified.hasPrefix("no row is left where "))
    }
  }

  /// Old writers, new ones that write both or the new column alone, and batches, at random.
  @Test(arguments: TestDatabase.availableEngines, [true, false])
  func randomInterleavings(engine: Engine, reverse: Bool) async throws {
    let tree = try Self.tree(reverse: reverse)
    let declaration = try #require(try tree.definition().tree.declarations["fill_new"])
    try await Self.with(engine, tree) { session, migrate in
      _ = try await migrate(2)
      let mismatches = try await session.run { connection in
        let work = SyncColumnWork(name: "fill_new", sync: try #require(declaration.syncColumn))
        return try (0..<150).map { try Self.interleave($0, work, reverse: reverse, connection) }.reduce(0, +)
      }
      #expect(mismatches == 0)
    }
  }

  /// - Returns: how many rows were wrong at any moment, or missing a value at the end.
  private static func interleave(
    _ seed: Int, _ work: SyncColumnWork, reverse: Bool, _ connection: Connection
  ) throws -> Int {
    var random = SeededGenerator(seed: UInt64(seed))
    var mismatches = 0
    // Rows from before the trigger.
    let trigger = SyncTrigger(connection: connection, name: "fill_new")
    try trigger.remove()
    try connection.execute(#"DELETE FROM "num bers""#)
    for id in 1...6 {
      try connection.execute(
        #"INSERT INTO "num bers" (id, "o""ld") VALUES ($1, $2)"#, [SQLValue(id), SQLValue(id % 3)])
    }
    try trigger.install(work.sync)
    var progress: String? = "{}"
    for step in 0..<14 {
      let id = SQLValue(Int.random(in: 1...8, using: &random))
      let value = Int.random(in: 0...3, using: &random)
      let insert = #"INSERT INTO "num bers" (id, "#
      switch Int.random(in: 0..<(reverse ? 8 : 6), using: &random) {
      case 0:
        try connection.execute(
          insert + #""o""ld") VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET "o""ld" = excluded."o""ld""#,
          [id, SQLValue(value)])
      case 1:
        try connection.execute(#"UPDATE "num bers" SET "o""ld" = $2 WHERE id <= $1"#, [id, SQLValue(value)])
      case 2:
        try connection.execute(
          insert
            + #""o""ld", new) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET "o""ld" = excluded."o""ld", new = excluded.new"#,
          [id, SQLValue(value), SQLValue(value * 2)])
      case 3: try connection.execute(#"DELETE FROM "num bers" WHERE id = $1"#, [id])
      case 4, 5:
        if let at = progress {
          progress = try connection.transaction { try work.runBatch(at, size: 2, on: $0).next }
        }
      case 6:
        try connection.execute(#"UPDATE "num bers" SET new = $2 WHERE id >= $1"#, [id, SQLValue(value * 2)])
      default:
        try connection.execute(
          insert + "new) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET new = excluded.new",
          [id, SQLValue(value * 2)])
      }
      let wrong = try connection.query(
        #"SELECT 1 FROM "num bers" WHERE new IS NOT NULL AND new <> coalesce("o""ld", -1) * 2"#)
      mismatches += wrong.count
      if !wrong.isEmpty { Issue.record("seed \(seed), step \(step)") }
    }
    while let at = progress { progress = try work.runBatch(at, size: 2, on: connection).next }
    guard case .passed = try work.verify("{}", on: connection) else { return mismatches + 1 }
    return mismatches
  }

  @Test(arguments: [
    (
      "{name: a, kind: sync_column, table: t, key: id, from: b, to: b, using: '1'}",
      "cannot be computed from itself"
    ),
    (
      "{name: a, kind: sync_column, table: t, key: id, from: [b, c], to: d, using: '1', reverse: '1'}",
      "'reverse' sets one column"
    ),
    ("{name: a, kind: sync_column, table: t, key: id, from: b, to: c}", "the key 'using' is missing"),
    ("{name: a, kind: drop_sync, sync: fill_nwe}", "drops 'fill_nwe', which no sync_column declares"),
  ])
  func refuses(text: String, message: String) throws {
    let tree = try Self.tree(
      reverse: false, extra: ["delta/main/3/02_bad.updates.yaml": "updates: [\(text)]\n"])
    let error = try #require(throws: GradusError.self) { try tree.definition() }
    #expect(error.description.contains(message), "\(error)")
  }
}
