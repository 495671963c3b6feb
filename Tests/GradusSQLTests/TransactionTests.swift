import GradusSQL
import GradusTestSupport
import Testing

@Suite struct TransactionTests {
  private struct Stop: Error {}

  @Test(arguments: TestDatabase.availableEngines)
  func commits(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let result = try await session.transaction { connection in
        #expect(connection.isInTransaction)
        try connection.execute("CREATE TABLE t (a INTEGER)")
        return try connection.execute("INSERT INTO t VALUES (1), (2)")
      }
      #expect(result == 2)
      let other = try await database.open()
      let count = try await other.run { try $0.queryRow("SELECT count(*) FROM t")?[0] }
      #expect(count == 2)
      try await #expect(session.run { $0.isInTransaction } == false)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func rollsBackWhatThrows(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
      await #expect(throws: Stop.self) {
        try await session.transaction { connection in
          try connection.execute("INSERT INTO t VALUES (1)")
          throw Stop()
        }
      }
      try await session.run { connection in
        #expect(!connection.isInTransaction)
        try #expect(connection.queryRow("SELECT count(*) FROM t")?[0] == 0)
      }
    }
  }

  /// PostgreSQL answers the COMMIT of a failed transaction by a ROLLBACK that is no error.
  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func commitOfFailedTransactionIsAnError(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
      let error = await #expect(throws: SQLError.self) {
        try await session.transaction { connection in
          try connection.execute("INSERT INTO t VALUES (1)")
          _ = try? connection.execute("SELECT 1 / 0")
        }
      }
      #expect(error?.message.contains("rolled the transaction back") == true)
      try await #expect(session.run { try $0.queryRow("SELECT count(*) FROM t")?[0] } == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func bodyMayNotOutliveItsTransaction(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
      await #expect(throws: SQLError.self) {
        try await session.transaction { connection in
          try connection.execute("ROLLBACK")
          try connection.execute("INSERT INTO t VALUES (1)")
        }
      }
      try await #expect(session.run { try $0.queryRow("SELECT count(*) FROM t")?[0] } == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func readTransactionSeesOneSnapshot(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let writer = try await database.open()
      try await writer.run { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
      // A second connection in the body of the first: its own, synchronous one.
      let counts = try await writer.run { _ in
        let reader = try database.driver.open()
        let other = try database.driver.open()
        defer {
          reader.close()
          other.close()
        }
        func count() throws -> SQLValue {
          var value = SQLValue.null
          _ = try reader.run("SELECT count(*) FROM t", []) { value = $0[0] }
          return value
        }
        try reader.begin(.read, lockTimeout: nil)
        let first = try count()
        _ = try other.run("INSERT INTO t VALUES (1)", []) { _ in }
        let second = try count()
        try reader.commit()
        return [first, second, try count()]
      }
      #expect(counts == [0, 0, 1])
    }
  }

  /// What the server has no number for is as long as it can wait.
  @Test(arguments: TestDatabase.availableEngines)
  func locksMayBeWaitedForAsLongAsOneLikes(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try connection.transaction(lockTimeout: Duration.seconds(Int.max)) { connection in
          guard engine == .postgres else { return }
          let row = try connection.queryRow("SELECT setting FROM pg_settings WHERE name = 'lock_timeout'")
          #expect(row?[0].text == "2147483647")
        }
      }
    }
  }

  /// Only rows that the statement itself wrote, not those that its triggers wrote.
  @Test(arguments: TestDatabase.availableEngines)
  func countsRows(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try connection.executeScript(Self.triggerScript(engine))
        try #expect(connection.execute("INSERT INTO t VALUES (1), (2), (3)") == 3)
        try #expect(connection.execute("UPDATE t SET a = a + 10 WHERE a < 3") == 2)
        try #expect(connection.execute("DELETE FROM t WHERE a = 99") == 0)
        try #expect(connection.execute("SELECT a FROM t") == 0)
        try #expect(connection.execute("ALTER TABLE t ADD COLUMN b INTEGER") == 0)
        try #expect(connection.queryRow("SELECT count(*) FROM log")?[0] == 3)
      }
    }
  }

  static func triggerScript(_ engine: Engine) -> String {
    switch engine {
    case .sqlite:
      """
      CREATE TABLE t (a INTEGER);
      CREATE TABLE log (a INTEGER);
      CREATE TRIGGER tr AFTER INSERT ON t BEGIN
        INSERT INTO log VALUES (new.a);
        SELECT 1;
      END;
      """
    case .postgres:
      """
      CREATE TABLE t (a INTEGER);
      CREATE TABLE log (a INTEGER);
      CREATE FUNCTION tr() RETURNS trigger LANGUAGE plpgsql AS $tr$
      BEGIN
        INSERT INTO log VALUES (new.a);
        RETURN NULL; -- 'not' a "quote
      END;
      $tr$;
      CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION tr();
      """
    }
  }
}
