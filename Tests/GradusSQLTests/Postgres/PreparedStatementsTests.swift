import Testing

@testable import GradusPostgres

@Suite struct PreparedStatementsTests {
  @Test func preparesOnSecondUse() {
    var statements = PreparedStatements()
    #expect(statements.use("SELECT a") == .unprepared)
    #expect(statements.use("SELECT a") == .prepare(name: "gradus_1"))
    statements.didPrepare("SELECT a", name: "gradus_1")
    #expect(statements.use("SELECT a") == .prepared(name: "gradus_1"))
  }

  @Test func onlyStatementsWithAPlanArePrepared() {
    var statements = PreparedStatements()
    for sql in ["SET TRANSACTION READ ONLY", "CREATE TABLE t (a INTEGER)", "BEGIN", ""] {
      for _ in 0..<3 { #expect(statements.use(sql) == .unprepared) }
    }
    _ = statements.use("\n with t AS (SELECT 1) SELECT * FROM t")
    #expect(statements.use("\n with t AS (SELECT 1) SELECT * FROM t") == .prepare(name: "gradus_1"))
  }

  /// A statement that the server refused to prepare gets a new name the next time.
  @Test func failureToPrepareIsForgotten() {
    var statements = PreparedStatements()
    _ = statements.use("SELECT a")
    #expect(statements.use("SELECT a") == .prepare(name: "gradus_1"))
    #expect(statements.use("SELECT a") == .prepare(name: "gradus_2"))
    #expect(statements.abandoned.isEmpty)
  }

  @Test func leastRecentlyUsedGoesFirst() {
    var statements = PreparedStatements(capacity: 2)
    for sql in ["SELECT a", "SELECT b", "SELECT c"] { _ = statements.use(sql) }
    for (sql, name) in [("SELECT a", "1"), ("SELECT b", "2")] { statements.didPrepare(sql, name: name) }
    #expect(statements.use("SELECT a") == .prepared(name: "1"))
    statements.didPrepare("SELECT c", name: "3")
    #expect(statements.abandoned == ["2"])
    #expect(statements.use("SELECT a") == .prepared(name: "1"))
    statements.forgetAll()
    #expect(Set(statements.abandoned) == ["1", "2", "3"])
    statements.didDeallocate()
    #expect(statements.abandoned.isEmpty)
  }
}
