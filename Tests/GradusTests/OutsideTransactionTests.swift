import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Deltas that run outside a transaction.
@Suite struct OutsideTransactionTests {
  private static func schema(_ sql: String) throws -> TemporarySchema {
    try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql":
        "CREATE TABLE a (id BIGINT PRIMARY KEY);\nCREATE TABLE log (id BIGINT);",
      "delta/main/2/01_x.sql": "-- gradus:no-transaction\n\(sql)",
    ])
  }

  private func migrate(_ tree: TemporarySchema, to version: Int, _ database: TestDatabase, _ session: Session)
    async throws
  {
    try await DatabaseMigrator(
      schema: try tree.definition(to: version), database: PhysicalDatabase(driver: database.driver)
    ).migrate(on: session)
  }

  /// A retry would do anew what is done: here it writes a second line.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
  func aLockIsNoReasonToBeginAnew() async throws {
    let tree = try Self.schema(
      "INSERT INTO log VALUES (1);\nSET lock_timeout = '20ms';\nALTER TABLE a ADD COLUMN b TEXT;\n")
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await database.open()
      try await migrate(tree, to: 1, database, session)
      let holder = try await database.open()
      try await holder.run { connection in
        try connection.execute("BEGIN")
        try connection.execute("LOCK TABLE a")
      }
      let error = try #require(
        await #expect(throws: GradusError.self) { try await migrate(tree, to: 2, database, session) })
      #expect(error.code == .deltaFailed)
      #expect(error.cause?.code == .lockTimeout)
      #expect(error.position?.line == 4)
      #expect(error.hint?.contains("statements before it may remain") == true)
      #expect(error.hint?.hasSuffix("and run again") == true)
      #expect(try await session.run { try $0.queryRow("SELECT count(*) FROM log")?[0] } == 1)
      try await holder.run { _ = try $0.execute("ROLLBACK") }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatHasToBeOutsideIsToldHow(engine: Engine) async throws {
    let tree = try Self.schema("")
    try tree.write(
      "delta/main/2/01_x.sql",
      engine == .sqlite ? "VACUUM;" : "CREATE INDEX CONCURRENTLY log_by_id ON log (id);")
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await migrate(tree, to: 1, database, session)
      let error = await #expect(throws: GradusError.self) {
        try await migrate(tree, to: 2, database, session)
      }
      #expect(error?.code == .deltaFailed)
      #expect(
        error?.hint?.contains("begin with -- gradus:no-transaction") == true, "\(String(describing: error))")
    }
  }

  /// What is left of a build that failed has the index's name, so that IF NOT EXISTS takes it for made.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
  func anIndexThatIsNotValidIsNotDone() async throws {
    let tree = try Self.schema("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS Log_By_ID ON log (id);\n")
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await database.open()
      try await migrate(tree, to: 1, database, session)
      try await session.run { _ = try $0.execute("INSERT INTO log VALUES (1), (1)") }
      let failed = await #expect(throws: GradusError.self) {
        try await migrate(tree, to: 2, database, session)
      }
      #expect(failed?.cause?.code == .uniqueViolation)
      try await session.run { _ = try $0.execute("DELETE FROM log") }
      let again = await #expect(throws: GradusError.self) {
        try await migrate(tree, to: 2, database, session)
      }
      #expect(again?.code == .deltaFailed && again?.file == "delta/main/2/01_x.sql")
      #expect(again?.message.contains("log_by_id is there, but not valid") == true)
      #expect(
        try await session.run { try $0.queryRow("SELECT count(*) FROM applied_schema_deltas")?[0] } == 0)
      try await session.run { _ = try $0.execute("DROP INDEX log_by_id") }
      try await migrate(tree, to: 2, database, session)
      let isValid = try await session.run {
        try $0.queryRow("SELECT indisvalid FROM pg_index WHERE indexrelid = 'log_by_id'::regclass")?[0]
      }
      #expect(isValid == true)
    }
  }

  /// The script does not name it.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
  func anotherIndexThatIsNotValidIsLeftAlone() async throws {
    let tree = try Self.schema("CREATE INDEX CONCURRENTLY log_by_id ON log (id); -- not other_by_id\n")
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await database.open()
      try await migrate(tree, to: 1, database, session)
      try await session.run { _ = try $0.execute("INSERT INTO log VALUES (1), (1)") }
      let error = await #expect(throws: SQLError.self) {
        try await session.run {
          _ = try $0.execute("CREATE UNIQUE INDEX CONCURRENTLY other_by_id ON log (id)")
        }
      }
      #expect(error?.code == .uniqueViolation)
      try await migrate(tree, to: 2, database, session)
    }
  }

  /// SQLite does it by an ATTACH and a BEGIN of its own, which a script may not.
  @Test(arguments: TestDatabase.availableEngines)
  func vacuumIsDone(engine: Engine) async throws {
    let tree = try Self.schema("-- Once.\n/* More. */ vacuum;\nINSERT INTO log VALUES (1);\nVACUUM;")
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await migrate(tree, to: 1, database, session)
      try await session.run { connection in
        try connection.execute(
          "INSERT INTO a WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5000) SELECT n FROM c"
        )
        try connection.execute("DELETE FROM a")
      }
      try await migrate(tree, to: 2, database, session)
      #expect(try await session.run { try $0.queryRow("SELECT count(*) FROM log")?[0] } == 1)
      if engine == .sqlite {
        #expect(try await session.run { try $0.queryRow("PRAGMA freelist_count")?[0] } == 0)
      }
    }
  }

  @Test(arguments: [
    "ATTACH '' AS other", "VACUUM; ATTACH '' AS other", "VACUUM; BEGIN", "VACUUM INTO 'copy.db'",
  ])
  func whatOthersWouldWriteIsRefused(sql: String) async throws {
    let tree = try Self.schema(sql + ";")
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      try await migrate(tree, to: 1, database, session)
      let error = await #expect(throws: GradusError.self) {
        try await migrate(tree, to: 2, database, session)
      }
      #expect(error?.cause?.code == .forbiddenStatement)
    }
  }
}
