import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// What a role may not do, or would do in another place, is told before the compat version is raised.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
struct SchemaRightsTests {
  /// Looks at, and migrates, a database of version 1 in a session that was prepared.
  ///
  /// - Parameters:
  ///   - preparation: SQL; `{role}` is a role that has no rights but to read and write the tables.
  ///   - body: gets the migrator and the session.
  private func with(
    _ tree: TemporarySchema, to version: Int, _ preparation: String,
    _ body: (DatabaseMigrator, Session) async throws -> Void
  ) async throws {
    let role = "gradus_rights_\(UInt32.random(in: 0...UInt32.max))"
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await database.open()
      func migrator(_ version: Int) throws -> DatabaseMigrator {
        DatabaseMigrator(
          schema: try tree.definition(to: version), database: PhysicalDatabase(driver: database.driver),
          completer: DeletingCompleter())
      }
      try await migrator(1).migrate(on: session)
      try await session.run { connection in
        try connection.executeScript(
          """
          CREATE ROLE \(role);
          REVOKE CREATE ON SCHEMA public FROM PUBLIC;
          GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \(role);
          \(preparation.replacing("{role}", with: role))
          """)
      }
      do { try await body(try migrator(version), session) } catch { Issue.record(error) }
      try await session.run { connection in
        try connection.executeScript(
          "RESET ROLE; RESET search_path; DROP OWNED BY \(role); DROP ROLE \(role);")
        let versions = try connection.query(
          "SELECT version FROM public.schema_version UNION ALL SELECT compat_version FROM public.schema_compat_version"
        )
        #expect(versions.map { $0[0] } == [1, 1])
      }
    }
  }

  @Test(arguments: [
    ("SET ROLE {role};", "may not make tables in the schema 'public'"),
    (
      "GRANT CREATE ON SCHEMA public TO {role}; SET ROLE {role};",
      "may not make triggers, which guards need, on customers, orders"
    ),
  ])
  func aRoleThatMayNotMakeWhatIsNeeded(preparation: String, message: String) async throws {
    try await with(GuardTests.shop(), to: 2, preparation) { migrator, session in
      let refusals = [
        await #expect(throws: SQLError.self) { try await migrator.check(on: session) },
        await #expect(throws: SQLError.self) { try await migrator.migrate(on: session) },
      ]
      for error in refusals {
        #expect(error?.code == .permissionDenied)
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
      }
    }
  }

  @Test func anotherSchemaInFront() async throws {
    let preparation = "CREATE SCHEMA front; SET search_path = front, public;"
    try await with(.shop(), to: 3, preparation) { migrator, session in
      let error = await #expect(throws: GradusError.self) { try await migrator.migrate(on: session) }
      #expect(error?.code == .wrongSchema)
      #expect(error?.message.contains("'public'") == true)
      #expect(error?.message.contains("'front'") == true)
      try await session.run { _ = try $0.execute("SET search_path = public, front") }
      await #expect(throws: Never.self) { try await migrator.check(on: session) }
    }
  }

  /// It looks like a new database to who may not look into its schema.
  @Test func aSchemaThatMayNotBeUsed() async throws {
    let preparation = "REVOKE USAGE ON SCHEMA public FROM PUBLIC; SET ROLE {role};"
    try await with(.shop(), to: 3, preparation) { migrator, session in
      let error = await #expect(throws: SQLError.self) { try await migrator.plan(on: session) }
      #expect(error?.code == .permissionDenied)
      #expect(error?.message.contains("search path") == true)
    }
  }
}
