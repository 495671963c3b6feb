import GradusSQL
import GradusTestSupport
import Testing

@Suite struct StatementCacheTests {
  /// By the session's own DDL and by another's, outside a transaction.
  @Test(arguments: TestDatabase.availableEngines, [true, false])
  func meetsNewColumns(_ engine: Engine, byOther: Bool) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let other = byOther ? try await database.open() : session
      try await session.run { connection in
        try connection.executeScript("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);")
        for _ in 0..<4 { try #expect(connection.query("SELECT * FROM t")[0].values.count == 1) }
      }
      try await other.run { _ = try $0.execute("ALTER TABLE t ADD COLUMN b INTEGER") }
      try await session.run { connection in
        for _ in 0..<4 {
          let row = try connection.query("SELECT * FROM t")[0]
          #expect(row.columns.names == ["a", "b"])
          #expect(row.values == [1, .null])
        }
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func meetsNewColumnsInTheTransactionThatMakesThem(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.transaction { connection in
        try connection.executeScript("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);")
        for column in ["b", "c", "d"] {
          for _ in 0..<3 { _ = try connection.query("SELECT * FROM t") }
          try connection.executeScript("ALTER TABLE t ADD COLUMN \(column) INTEGER;")
        }
        try connection.execute("ALTER TABLE t ADD COLUMN e INTEGER")
        try #expect(connection.query("SELECT * FROM t")[0].values.count == 5)
      }
    }
  }

  /// Within a transaction the server has given up on it; run anew, it succeeds.
  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func otherSessionsColumnsMakeTheTransactionRunAgain(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let other = try await database.open()
      try await session.run { connection in
        try connection.execute("CREATE TABLE t (a INTEGER)")
        for _ in 0..<3 { _ = try connection.query("SELECT * FROM t") }
      }
      try await other.run { _ = try $0.execute("ALTER TABLE t ADD COLUMN b INTEGER") }
      let error = await #expect(throws: SQLError.self) {
        try await session.transaction { _ = try $0.query("SELECT * FROM t") }
      }
      #expect(error?.code.isTransient == true)
      try await session.transaction { _ = try $0.query("SELECT * FROM t") }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func holdsManyStatements(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        for _ in 0..<3 {
          for number in 0..<100 {
            try #expect(connection.queryRow("SELECT \(number)")?[0] == SQLValue(number))
          }
        }
        for _ in 0..<3 {
          for number in 0..<10 {
            try #expect(connection.queryRow("SELECT \(number)")?[0] == SQLValue(number))
          }
        }
      }
    }
  }

  /// To Swift two of these texts each are the same: é, and e with an accent behind it; K, and the sign of the kelvin.
  @Test(arguments: TestDatabase.availableEngines)
  func textsThatDifferInBytesAreStatementsOfTheirOwn(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().run { connection in
        for _ in 0..<3 {
          for text in ["\u{E9}", "e\u{301}", "K", "\u{212A}"] {
            let value = try connection.queryRow("SELECT '\(text)'")?[0].text ?? ""
            #expect(Array(value.utf8) == Array(text.utf8))
          }
        }
      }
    }
  }

  /// The server holds what is in use, not every statement that ever was.
  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func preparesFromTheSecondUseAndForgets(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        func count() throws -> Int64 {
          try #require(try connection.queryRow("SELECT count(*) FROM pg_prepared_statements")).integer(0)
        }
        _ = try connection.query("SELECT 'once'")
        try #expect(count() == 0)
        for _ in 0..<2 { _ = try connection.query("SELECT 'twice'") }
        for number in 0..<200 { for _ in 0..<2 { _ = try connection.query("SELECT \(number)") } }
        #expect((60...70).contains(try count()))
        // The server's side may be emptied behind our back.
        try connection.executeScript("DEALLOCATE ALL")
        for _ in 0..<2 { try #expect(connection.queryRow("SELECT 199")?[0] == 199) }
        for _ in 0..<3 { try #expect(connection.queryRow("SELECT 'x' || $1", ["y"])?[0] == "xy") }
        try connection.execute("DISCARD ALL")
        try #expect(connection.queryRow("SELECT 'x' || $1", ["y"])?[0] == "xy")
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func nestedUseOfOneStatement(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try connection.executeScript("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1), (2), (3);")
        for _ in 0..<3 {
          var pairs = 0
          try connection.forEachRow("SELECT a FROM t") { _ in
            try connection.forEachRow("SELECT a FROM t") { _ in pairs += 1 }
          }
          #expect(pairs == 9)
        }
      }
    }
  }
}
