import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Synchronization
import Testing

/// The right to migrate is a connection's. Where that alone is cut, the migration must not go on as if it had it.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct LockLossTests {
  @Test func endsTheMigrationAtTheNextStep() async throws {
    let tree = try TemporarySchema.manyDeltas(customers: 40, orders: 160, deltas: 2)
    try await TestDatabase.withDatabase(.postgres) { database in
      // The first delta of version 2 ends the session that holds the lock, as a cut would.
      try tree.write(
        "delta/main/2/00_cut.sql.postgres",
        """
        SELECT pg_terminate_backend(l.pid, 5000) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()
          AND l.classid = 1735549284 AND l.pid <> pg_backend_pid();
        """)
      let definition = try tree.definition(to: 2)
      let migrator = DatabaseMigrator(schema: definition, database: PhysicalDatabase(driver: database.driver))
      let session = try await database.open()
      // In a new database the steps would be one.
      let first = try tree.definition(to: 1)
      try await DatabaseMigrator(schema: first, database: PhysicalDatabase(driver: database.driver))
        .migrate(on: session)
      let error = await #expect(throws: GradusError.self) { try await migrator.migrate(on: session) }
      #expect(error?.code == .lockLost)
      #expect(error?.hint?.contains("run again") == true)
      // The step that was under way is done, the next is not.
      #expect(
        try await database.values("SELECT file FROM applied_schema_deltas ORDER BY 1") == [
          "2/00_cut.sql.postgres"
        ])
      try await migrator.migrate(on: session)
      let expected = try await TestDatabase.withDatabase(.postgres) { undisturbed in
        try await DatabaseMigrator(schema: definition, database: PhysicalDatabase(driver: undisturbed.driver))
          .migrateUntilDone(on: try await undisturbed.open())
        return try await Life.result(undisturbed)
      }
      DatabaseDump.expectEqual(try await Life.result(database), expected, seed: 0)
    }
  }
}

extension DatabaseMigrator {
  /// Again where it has lost its lock.
  fileprivate func migrateUntilDone(on session: Session) async throws {
    do { try await migrate(on: session) } catch let error as GradusError where error.code == .lockLost {
      try await migrate(on: session)
    }
  }
}
