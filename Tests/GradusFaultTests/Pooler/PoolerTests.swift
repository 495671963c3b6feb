import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Through a pgbouncer in transaction mode, where a session is another client's after each transaction.
@Suite(
  .enabled(if: TestDatabase.availableEngines.contains(.postgres)),
  .enabled(if: PgBouncer.isExpected, "there is no pgbouncer: tools/setup pgbouncer installs it"))
struct PoolerTests {
  /// Planning, migrating and filling work as they do without one; only the index needs a direct address.
  @Test func aDatabaseIsMigratedAndFilled() async throws {
    try await PooledShop.with(.sharedUpdates()) { shop in
      #expect(try await shop.pooled.gradus("plan").code == 2)
      // Two at once: one migrates, the other waits.
      let migrations = try (0..<2).map { _ in try shop.pooled.start(["migrate"]) }
      for migration in migrations {
        let result = try await migration.result()
        #expect(result.code == 0, "\(result)")
      }
      let status = try await shop.pooled.gradus("status")
      #expect(status.code == 0 && status.output.contains("touch_orders"), "\(status)")

      let runs = try (0..<2).map { _ in try shop.pooled.start(["updates", "run", "--workers", "3"]) }
      for run in runs {
        let result = try await run.result()
        #expect(result.code == 2, "\(result)")
        #expect(result.output.contains("remains: on_postgres: an index is not built"), "\(result)")
        #expect(!result.output.contains("fill_totals:"), "\(result)")
      }
      #expect(try await shop.pooled.queue() == ["on_postgres"])
      let direct = try await shop.direct.gradus("updates", "run")
      #expect(direct.code == 0, "\(direct)")
      try await shop.expectAsDirect()
    }
  }

  /// `serve` announces its version through the pooler, and a migration that shuts it out waits for it; killed, it is
  /// gone at once, although the pooler's server connection lives on.
  @Test func versionsAreKeptOff() async throws {
    try await PooledShop.with(.shop()) { shop in
      try await #require(shop.pooled.gradus("migrate", "--to", "1").code == 0)
      let served = try await Served.start(
        .gradus,
        [
          "--schema-root", shop.pooled.schema.root.path, "--database", shop.pooled.database.address, "--to",
          "1",
        ])
      try await served.get("/ready") { $0.status == 200 }
      let refused = try await shop.pooled.gradus("migrate", "--to", "3", "--fence-timeout", "0")
      #expect(refused.code == 3, "\(refused)")
      served.program.send(SIGKILL)
      _ = try await served.program.result()
      let migration = try await shop.pooled.gradus("migrate", "--to", "3")
      #expect(migration.code == 0, "\(migration)")
    }
  }

  /// Each transaction says what Gradus relies on, and leaves nothing of it in a session that is another client's next.
  @Test func settingsAreOfTheTransaction() async throws {
    try await PooledShop.with(.shop()) { shop in
      try await shop.direct.database.execute("ALTER DATABASE shop SET array_nulls = off")
      let session = try await shop.pooled.database.open()
      @Sendable func settings(_ connection: Connection) throws -> [SQLValue?] {
        try ["SHOW row_security", "SHOW array_nulls"].map { try connection.queryRow($0)?[0] }
      }
      for mode in [TransactionMode.read, .write] {
        #expect(try await session.transaction(mode, settings) == ["off", "on"])
      }
      #expect(try await session.run(settings) == ["on", "off"])
    }
  }

  /// A migration that is killed leaves neither its lock nor half a delta.
  @Test func aKilledMigrationLeavesNothing() async throws {
    try await PooledShop.with(.endless()) { shop in
      try await #require(shop.pooled.gradus("migrate", "--to", "1").code == 0)
      let migration = try shop.pooled.start(["migrate", "--to", "2"])
      try await shop.wait(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%INSERT INTO endless%' AND pid <> pg_backend_pid()")
      migration.send(SIGKILL)
      _ = try await migration.result()
      try shop.pooled.schema.write("delta/main/2/04_endless.sql", "CREATE TABLE endless (id BIGINT);")
      // The server notices at the end of the statement only; an operator would end it.
      try await shop.server.open().run {
        _ = try $0.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%INSERT INTO endless%' AND pid <> pg_backend_pid()"
        )
      }
      let rest = try await shop.pooled.gradus("migrate", "--to", "2")
      #expect(rest.code == 0, "\(rest)")
    }
  }

  /// What would be left in a session that is soon another client's is refused before anything is changed.
  @Test(arguments: [
    "SET search_path TO public;", "CREATE TEMPORARY TABLE scratch (id BIGINT);",
    "SELECT pg_advisory_lock(1);", "SELECT set_config('search_path', 'public', false);", "LISTEN orders;",
  ])
  func sessionStateIsRefused(statement: String) async throws {
    let schema = try TemporarySchema.shop()
    try schema.write("delta/main/2/05_session.sql", "CREATE TABLE fine (id BIGINT);\n\(statement)")
    try await PooledShop.with(schema) { shop in
      try await #require(shop.pooled.gradus("migrate", "--to", "1").code == 0)
      let before = try await DatabaseDump.lines(shop.direct.database)
      for command in ["plan", "migrate"] {
        let result = try await shop.pooled.gradus(command, "--to", "2")
        #expect(result.code == 1, "\(result)")
        #expect(
          result.messages.contains("05_session.sql:2:1: ") && result.messages.contains("direct address"),
          "\(result)")
      }
      #expect(try await DatabaseDump.lines(shop.direct.database) == before)
      let direct = try await shop.direct.gradus("migrate", "--to", "2")
      #expect(direct.code == 0, "\(direct)")
    }
  }

  /// Also outside a transaction, and what looks like it and is not.
  @Test func otherStatementsWork() async throws {
    let schema = try TemporarySchema.shop()
    try schema.write(
      "delta/main/2/05_index.sql",
      """
      -- gradus:no-transaction
      CREATE INDEX CONCURRENTLY orders_by_customer ON orders (customer);
      ANALYZE orders;
      """)
    try schema.write(
      "delta/main/2/06_local.sql",
      """
      SET LOCAL work_mem = '8MB';
      CREATE TEMPORARY TABLE scratch ON COMMIT DROP AS SELECT 1 AS id;
      SELECT pg_advisory_xact_lock(1);
      SELECT set_config('search_path', current_setting('search_path'), true);
      """)
    try await PooledShop.with(schema) { shop in
      let result = try await shop.pooled.gradus("migrate", "--to", "1")
      #expect(result.code == 0, "\(result)")
      let upgrade = try await shop.pooled.gradus("migrate", "--to", "2")
      #expect(upgrade.code == 0, "\(upgrade)")
      #expect(
        try await shop.direct.database.values(
          "SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_by_customer'::regclass") == [true])
    }
  }

  /// An index that has to be complete before the application starts: known, and said, before the first step.
  @Test func anIndexForTheStartIsRefusedAtOnce() async throws {
    let schema = try TemporarySchema([
      "schema/schema.yaml": """
      version: 3
      compat_version: 2
      versions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}
      gradual_migrations:
        - {name: sorted, starts: 2, completes: 3, updates: [orders_by_amount]}
      """,
      "schema/main/1/01_orders.sql": "CREATE TABLE orders (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL);",
      "delta/main/2/01_index.updates.yaml":
        "updates:\n  - {name: orders_by_amount, kind: index, table: orders, columns: [amount]}\n",
    ])
    try await PooledShop.with(schema) { shop in
      try await #require(shop.pooled.gradus("migrate", "--to", "1").code == 0)
      let before = try await DatabaseDump.lines(shop.direct.database)
      let result = try await shop.pooled.gradus("migrate", "--to", "3")
      #expect(result.code == 1, "\(result)")
      #expect(
        result.messages.contains("orders_by_amount") && result.messages.contains("direct address"),
        "\(result)")
      #expect(try await DatabaseDump.lines(shop.direct.database) == before)
      let direct = try await shop.direct.gradus("migrate", "--to", "3")
      #expect(direct.code == 0, "\(direct)")
    }
  }

  @Test func aPortIsRefused() async throws {
    try await TestDatabase.withDatabase(.sqlite) { source in
      try await PooledShop.with(.shop()) { shop in
        let from = Shop(schema: shop.pooled.schema, database: source)
        try await #require(from.gradus("migrate", "--to", "2").code == 0)
        try await #require(from.gradus("updates", "run", "--to", "2").code == 0)
        let result = try await Program.gradus.run([
          "port", "--from", source.address, "--to", shop.pooled.database.address, "--schema-root",
          shop.pooled.schema.root.path,
        ])
        #expect(result.code == 1, "\(result)")
        #expect(result.messages.contains("direct address"), "\(result)")
      }
    }
  }

  /// A pool that is too small for a process is no riddle.
  @Test func aPoolThatIsTooSmall() async throws {
    let schema = try TemporarySchema.shop()
    try schema.write("gradus.yaml", "background_updates: {reconnect_timeout_ms: 0}\n")
    try await PooledShop.with(schema, ["default_pool_size": "1", "query_wait_timeout": "2"]) { shop in
      let result = try await shop.pooled.gradus("migrate")
      #expect(result.code == 1, "\(result)")
      #expect(result.messages.contains("default_pool_size"), "\(result)")
      let direct = try await shop.direct.gradus("migrate")
      #expect(direct.code == 0, "\(direct)")
    }
  }
}
