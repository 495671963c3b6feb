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

  /// What a script sets would hold for all that the session does afterwards.
  @Test(arguments: TestDatabase.availableEngines, ["", "INSERT INTO missing VALUES (1);"])
  func theSessionsSettingsStay(engine: Engine, failing: String) async throws {
    let settings: [(String, set: String, SQLValue)] =
      switch engine {
      case .sqlite:
        [
          ("PRAGMA foreign_keys", "PRAGMA foreign_keys = OFF", 1),
          ("PRAGMA ignore_check_constraints", "PRAGMA ignore_check_constraints = ON", 0),
        ]
      case .postgres:
        [
          ("SHOW lock_timeout", "SET lock_timeout = '1s'", "0"),
          ("SHOW application_name", "SET application_name = 'delta'", "gradus-test"),
          // Set by whoever has opened the session.
          ("SHOW work_mem", "SET work_mem = '5MB'", "6MB"),
        ]
      }
    let tree = try Self.schema(settings.map(\.set).joined(separator: ";\n") + ";\n" + failing)
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      if engine == .postgres { try await session.run { _ = try $0.execute("SET work_mem = '6MB'") } }
      try await migrate(tree, to: 1, database, session)
      if failing.isEmpty {
        try await migrate(tree, to: 2, database, session)
      } else {
        let error = await #expect(throws: GradusError.self) {
          try await migrate(tree, to: 2, database, session)
        }
        #expect(error?.code == .deltaFailed)
      }
      for (query, _, expected) in settings {
        #expect(try await session.run { try $0.queryRow(query)?[0] } == expected, "\(query)")
      }
    }
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
      #expect(try await session.run { try $0.queryRow("SELECT count(*) FROM log")?[0] } == 1)
      try await holder.run { _ = try $0.execute("ROLLBACK") }
    }
  }
}
