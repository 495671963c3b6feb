import GradusSQL
import GradusTestSupport
import Testing

/// What a database or a role sets for the application's own statements, and Gradus's are not to follow.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct PinnedSettingsTests {
  @Test func nullInAnArrayIsNull() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      try await database.open().run { connection in
        let name = try connection.queryRow("SELECT current_database()::text")?.text(0) ?? ""
        try connection.execute("ALTER DATABASE \(name) SET array_nulls = off")
      }
      let session = try await database.open()
      let query = "SELECT ($1::text[])[1] IS NULL, ($1::text[])[2] IS NULL"
      let parameters = [SQLValue.textArray([nil, "NULL"])]
      let expected = [SQLValue.boolean(true), .boolean(false)]
      #expect(try await session.run { try $0.queryRow(query, parameters)?.values } == expected)
      #expect(try await session.transaction { try $0.queryRow(query, parameters)?.values } == expected)
    }
  }

  /// Left out, they would be taken for rows that are not there.
  @Test func rowsThatAPolicyHidesAreAnError() async throws {
    let role = "gradus_policy_\(UInt32.random(in: 0...UInt32.max))"
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await database.open()
      // The role goes with the transaction that made it.
      await #expect(throws: CancellationError.self) {
        try await session.transaction { connection in
          try connection.executeScript(
            """
            CREATE ROLE \(role);
            CREATE TABLE t (a BIGINT PRIMARY KEY);
            INSERT INTO t VALUES (1), (2);
            ALTER TABLE t ENABLE ROW LEVEL SECURITY;
            ALTER TABLE t FORCE ROW LEVEL SECURITY;
            CREATE POLICY one ON t USING (a = 1);
            ALTER TABLE t OWNER TO \(role);
            SET LOCAL ROLE \(role);
            """)
          let error = #expect(throws: SQLError.self) { try connection.execute("UPDATE t SET a = a + 10") }
          #expect(error?.code == .permissionDenied)
          throw CancellationError()
        }
      }
      // Not of transactions alone.
      #expect(try await session.run { try $0.queryRow("SHOW row_security")?[0] } == "off")
    }
  }
}
