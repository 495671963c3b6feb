import Testing

@testable import GradusPostgres

@Suite struct PreparedStatementsTests {
  @Test func preparesOnSecondUse() {
    var statements = PreparedStatements()
    #expect(statements.use("a") == .unprepared)
    #expect(statements.use("a") == .prepare(name: "gradus_1"))
    statements.didPrepare("a", name: "gradus_1")
    #expect(statements.use("a") == .prepared(name: "gradus_1"))
  }

  /// A statement that the server refused to prepare gets a new name the next time.
  @Test func failureToPrepareIsForgotten() {
    var statements = PreparedStatements()
    _ = statements.use("a")
    #expect(statements.use("a") == .prepare(name: "gradus_1"))
    #expect(statements.use("a") == .prepare(name: "gradus_2"))
    #expect(statements.abandoned.isEmpty)
  }

  @Test func leastRecentlyUsedGoesFirst() {
    var statements = PreparedStatements(capacity: 2)
    for sql in ["a", "b", "c"] { _ = statements.use(sql) }
    for (sql, name) in [("a", "1"), ("b", "2")] { statements.didPrepare(sql, name: name) }
    #expect(statements.use("a") == .prepared(name: "1"))
    statements.didPrepare("c", name: "3")
    #expect(statements.abandoned == ["2"])
    #expect(statements.use("a") == .prepared(name: "1"))
    statements.forgetAll()
    #expect(Set(statements.abandoned) == ["1", "2", "3"])
    statements.didDeallocate()
    #expect(statements.abandoned.isEmpty)
  }
}
