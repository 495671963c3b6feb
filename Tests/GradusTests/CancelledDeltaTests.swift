import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// A delta that is stopped is not at fault.
@Suite struct CancelledDeltaTests {
  private static func longStatement(_ engine: Engine) -> String {
    switch engine {
    case .sqlite:
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) SELECT count(*) FROM n"
    case .postgres: "SELECT pg_sleep(600)"
    }
  }

  @Test(
    .timeLimit(.minutes(2)), arguments: TestDatabase.availableEngines,
    ["01_long.sql", "01_long_outside.sql", "01_long.swift"])
  func isNotToBeMended(engine: Engine, name: String) async throws {
    let sql = Self.longStatement(engine)
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
    ])
    var code: [CodeDelta] = []
    switch name {
    case "01_long.swift": code = [CodeDelta(version: 2, name: name, upgrade: { _ = try $0.query(sql) })]
    case "01_long.sql": try tree.write("delta/main/2/\(name)", sql + ";")
    default: try tree.write("delta/main/2/\(name)", "-- gradus:no-transaction\n\(sql);")
    }
    let definition = try tree.definition(codeDeltas: code)
    try await TestDatabase.withDatabase(engine) { database in
      let driver = CountingDriver(database.driver)
      let physical = PhysicalDatabase(driver: driver)
      try await DatabaseMigrator(schema: try tree.definition(to: 1), database: physical)
        .migrate(on: try await database.open())
      let task = Task {
        try await DatabaseMigrator(schema: definition, database: physical)
          .migrate(on: try await Session.open(driver))
      }
      while !driver.statements.contains(where: { $0.contains(sql) }) {
        try await Task.sleep(for: .milliseconds(5))
      }
      task.cancel()
      let error = await #expect(throws: (any Error).self) { _ = try await task.value }
      #expect(error?.sqlError?.code == .cancelled)
      // What ran outside a transaction was not rolled back, and waits for a decision.
      let isOutside = name == "01_long_outside.sql"
      #expect((error as? GradusError)?.code == (isOutside ? .interruptedDelta : nil))
      #expect(!isOutside || "\(String(describing: error))".contains("migrate --retry-delta 2/\(name)"))
    }
  }
}
