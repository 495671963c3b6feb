import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// Another constraint or index that has the name of a declared one does not pass for it, and stays as it is.
@Suite struct TakenNameTests {
  /// Migrates a table to version 1 and then to 2, which declares a constraint named `c`.
  ///
  /// - Parameters:
  ///   - existing: what the table `t` has in version 1.
  ///   - rule: the declared rule.
  private func migrate(
    _ engine: Engine, _ existing: String, _ rule: String,
    check: @Sendable (Connection, GradusError?) throws -> Void
  ) async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_tables.sql": """
      CREATE TABLE p (id BIGINT PRIMARY KEY);
      CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT, v BIGINT, \(existing));
      INSERT INTO t (id, n, v) VALUES (1, 1, NULL);
      """,
    ])
    try tree.write(
      "delta/main/2/01_x.updates.yaml", "updates:\n  - {name: c, kind: constraint, table: t, \(rule)}\n")
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let physical = PhysicalDatabase(driver: database.driver)
      try await DatabaseMigrator(schema: tree.definition(to: 1), database: physical).migrate(on: session)
      var failure: GradusError?
      do {
        try await DatabaseMigrator(schema: tree.definition(), database: physical).migrate(on: session)
      } catch let error as GradusError {
        failure = error
      }
      let error = failure
      try await session.run { try check($0, error) }
    }
  }

  private func code(_ connection: Connection, _ sql: String) -> SQLError.Code? {
    #expect(throws: SQLError.self) { try connection.execute(sql) }?.code
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("CONSTRAINT c CHECK (id > 0)", "check: v > 0"),
      ("CONSTRAINT c FOREIGN KEY (v) REFERENCES p (id)", "check: v > 0"),
      ("CONSTRAINT c CHECK (id > 0)", "foreign_key: {columns: v, references: p, to: id}"),
      (
        "CONSTRAINT c FOREIGN KEY (v) REFERENCES p (id) ON DELETE CASCADE",
        "foreign_key: {columns: v, references: p, to: id}"
      ),
      (
        "CONSTRAINT c FOREIGN KEY (n) REFERENCES t (id)",
        "foreign_key: {columns: v, references: p, to: id}"
      ),
      (
        "CONSTRAINT c FOREIGN KEY (v) REFERENCES p (id)",
        "foreign_key: {columns: v, references: p, to: id, deferrable: true}"
      ),
    ])
  func anotherConstraintIsRefused(engine: Engine, tables: (existing: String, rule: String)) async throws {
    try await migrate(engine, tables.existing, tables.rule) { (connection, error) throws in
      #expect(error?.code == .deltaFailed)
      #expect(error?.message.hasPrefix("'t' has another constraint named 'c'") == true, "\(error as Any)")
      #expect(error?.file?.contains("01_x.updates.yaml") == true)
      #expect(try connection.query("SELECT 1 FROM background_updates").isEmpty)
    }
  }

  /// On SQLite NOT NULL needs no constraint of a name. On PostgreSQL the one of its name would have been dropped.
  @Test(arguments: TestDatabase.availableEngines)
  func anotherConstraintIsNoStandInForNotNull(engine: Engine) async throws {
    try await migrate(engine, "CONSTRAINT c CHECK (v > 0)", "not_null: n") { (connection, error) throws in
      #expect((error == nil) == (engine == .sqlite), "\(error as Any)")
      #expect(code(connection, "INSERT INTO t (id, n, v) VALUES (2, 1, 0)") == .checkViolation)
    }
  }

  /// Queued by a release that did not look, or made later.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func anotherConstraintIsNotDroppedWithTheStandIn() async throws {
    let work = ValidateConstraintWork(
      name: "c", added: .init(table: "t", name: "c", rule: .notNull(column: "n")))
    try await TestDatabase.withDatabase(.postgres) { database in
      try await database.open().transaction { connection in
        try connection.execute("CREATE TABLE t (n BIGINT NOT NULL, v BIGINT, CONSTRAINT c CHECK (v > 0))")
        #expect(try work.runBatch("{}", size: 1, on: connection).next == nil)
        #expect(try connection.queryRow("SELECT 1 FROM pg_constraint WHERE conname = 'c'") != nil)
        try connection.executeScript(
          "ALTER TABLE t DROP CONSTRAINT c; ALTER TABLE t ADD CONSTRAINT c CHECK (n IS NOT NULL) NOT VALID;")
        #expect(try work.runBatch("{}", size: 1, on: connection).next == nil)
        #expect(try connection.queryRow("SELECT 1 FROM pg_constraint WHERE conname = 'c'") == nil)
      }
    }
  }

  /// The same constraint, written otherwise.
  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("CONSTRAINT c CHECK (\n  \"v\">0 /* or NULL */)", "check: t.v > 0"),
      (
        "CONSTRAINT c FOREIGN KEY (v) REFERENCES p ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, CHECK (n > 0)",
        "foreign_key: {columns: v, references: p, to: id, on_delete: set_null, deferrable: true}"
      ),
      (
        "CONSTRAINT c FOREIGN KEY (v) REFERENCES p (id), FOREIGN KEY (n) REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED",
        "foreign_key: {columns: v, references: p, to: id, on_delete: no_action}"
      ),
    ])
  func theSameConstraintIsTaken(engine: Engine, tables: (existing: String, rule: String)) async throws {
    try await migrate(engine, tables.existing, tables.rule) { (connection, error) throws in
      #expect(error == nil)
      guard engine == .sqlite else { return }
      let certificate = try UpdateCertificate.read("c", on: connection)
      #expect(certificate?.verified == "it was there already")
    }
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("CREATE UNIQUE INDEX ix ON u (a)", "is on 'u', not on 't'"),
      ("CREATE INDEX ix ON t (a)", "is not unique"),
    ])
  func anotherIndexIsRefused(engine: Engine, index: (existing: String, reason: String)) async throws {
    let declaration = UpdateDeclaration(
      name: "build", kind: .index(.init(name: "ix", table: "t", columns: ["a"], isUnique: true)))
    let registry = UpdateRegistry(declarations: [declaration])
    try await Workshop.with(engine, [declaration.queueRow]) { (shop) async throws in
      let existing = index.existing
      try await shop.session.run { connection in
        try connection.execute("CREATE TABLE t (a BIGINT)")
        try connection.execute("CREATE TABLE u (a BIGINT)")
        try connection.execute(existing)
      }
      let summary = try await shop.runner(registry, .fast(1, attempts: 1)).run()
      let reason = try #require(summary.waiting["build"])
      #expect(reason.contains("'build' finds another index named 'ix', which \(index.reason)"), "\(reason)")
      // Nor does it pass where somebody says that it is done.
      try await shop.session.transaction { connection in
        try connection.execute("DELETE FROM background_updates")
        let error = #expect(throws: GradusError.self) { try registry.certify("build", on: connection) }
        #expect(error?.message.contains("another index named 'ix'") == true)
      }
    }
  }

  /// What a concurrent build leaves on another table is not dropped.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func anotherTablesInvalidIndexStays() async throws {
    let work = IndexWork(name: "build", index: .init(name: "ix", table: "t", columns: ["a"]))
    try await TestDatabase.withDatabase(.postgres) { database in
      try await database.open().run { connection in
        try connection.execute("CREATE TABLE t (a BIGINT)")
        try connection.execute("CREATE TABLE u (a BIGINT)")
        try connection.execute("INSERT INTO u VALUES (1), (1)")
        #expect(throws: SQLError.self) {
          try connection.execute("CREATE UNIQUE INDEX CONCURRENTLY ix ON u (a)")
        }
        #expect(throws: UpdateFailure.self) { try work.runBatch("{}", size: 1, on: connection) }
        #expect(try connection.queryRow("SELECT to_regclass('ix')::text")?[0] == "ix")
      }
    }
  }

  /// Another application may share the database, in a schema that comes later in the search path.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func anotherSchemasIndexesAreNotMeant() async throws {
    let work = IndexWork(
      name: "build", index: .init(name: "ix", table: "t", columns: ["a"], replaces: "old"))
    try await TestDatabase.withDatabase(.postgres) { database in
      let indexes = try await database.open().run { connection in
        try connection.executeScript(
          """
          CREATE TABLE u (a BIGINT);
          CREATE INDEX ix ON u (a);
          CREATE INDEX old ON u (a);
          CREATE SCHEMA app;
          CREATE TABLE app.t (a BIGINT);
          SET search_path = app, public;
          """)
        _ = try work.runBatch("{}", size: 1, on: connection)
        _ = try work.verify("{}", on: connection)
        return try connection.query(
          "SELECT schemaname::text || '.' || indexname::text FROM pg_indexes WHERE schemaname IN ('app', 'public') ORDER BY 1"
        ).map { $0[0] }
      }
      #expect(indexes == ["app.ix", "public.ix", "public.old"])
    }
  }
}
