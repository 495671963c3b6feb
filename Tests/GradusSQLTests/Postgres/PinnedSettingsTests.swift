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

  /// India's IST is read as Israel's.
  @Test func whatIsReadIsTheSameWhenItIsSentBack() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      try await database.open().run { connection in
        let name = try connection.queryRow("SELECT current_database()::text")?.text(0) ?? ""
        for setting in [
          "DateStyle = 'SQL, DMY'", "IntervalStyle = sql_standard", "extra_float_digits = 0",
          "TimeZone = 'Asia/Kolkata'",
        ] { try connection.execute("ALTER DATABASE \(name) SET \(setting)") }
      }
      let session = try await database.open()
      let isSame = { @Sendable (connection: Connection) in
        let query =
          "timestamptz '2024-02-03 04:05:06+00', interval '1 day -2 hours', 0.1::float8 + 0.2::float8"
        let texts = try connection.queryRow(
          "SELECT x::text, y::text, z::text FROM (SELECT \(query)) AS v (x, y, z)")!
        return try connection.queryRow(
          """
          SELECT x = $1::text::timestamptz AND y = $2::text::interval AND z = $3::text::float8
            AND date '01/02/2024' = date '2024-02-01'
          FROM (SELECT \(query)) AS v (x, y, z)
          """, texts.values)?[0].boolean
      }
      #expect(try await session.run(isSame) == true)
      #expect(try await session.transaction(.write, isSame) == true)
    }
  }
}
