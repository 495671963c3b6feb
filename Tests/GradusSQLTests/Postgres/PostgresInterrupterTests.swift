import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusPostgres

@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
struct PostgresInterrupterTests {
  private func with(_ body: (PostgresConnection) throws -> Void) async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let backend = try database.driver.open()
      let connection = try #require(backend as? PostgresConnection)
      defer { connection.close() }
      try body(connection)
    }
  }

  /// Who has no patience at all.
  private func hurried(_ connection: PostgresConnection) -> PostgresInterrupter {
    PostgresInterrupter(connection.handle, patience: .zero)
  }

  /// Work that goes on without a statement is not late, and neither is the next statement.
  @Test func nothingIsBrokenOffBetweenStatements() async throws {
    try await with { connection in
      hurried(connection).interrupt()
      let ended = hurried(connection)
      ended.begin()
      ended.end()
      ended.interrupt()
      #expect(!ended.hasFired)
      var answer: Int64?
      _ = try connection.run("SELECT 2", []) { answer = $0[0].integer }
      #expect(answer == 2)
    }
  }

  @Test func aLateStatementIsBrokenOff() async throws {
    try await with { connection in
      let hurried = hurried(connection)
      hurried.begin()
      hurried.interrupt()
      let error = #expect(throws: SQLError.self) { _ = try connection.run("SELECT 2", []) { _ in } }
      #expect(error?.code == .connectionLost)
    }
  }

  /// However a statement has ended.
  @Test(arguments: ["SELECT 1", "SELECT 1/0", "no statement", "COPY"])
  func aStatementEnds(sql: String) async throws {
    try await with { connection in
      if sql == "COPY" {
        _ = try connection.run("CREATE TABLE copied (a BIGINT)", []) { _ in }
        let copied = try connection.copy(into: "copied", columns: ["a"]) { nil }
        #expect(copied == 0)
      } else {
        _ = try? connection.run(sql, []) { _ in }
      }
      connection.cancellation.interrupt()
      #expect(!connection.cancellation.hasFired)
    }
  }
}
