import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A delta that a merge adds to a version that the database has passed is never run.
@Suite struct LateDeltaTests {
  @Test(arguments: TestDatabase.availableEngines, ["status", "plan", "migrate"])
  func isWarnedOf(engine: Engine, command: String) async throws {
    try await Shop.with(engine) { shop in
      try await shop.gradus("migrate")
      try shop.schema.write("delta/main/2/04_late.sql", "CREATE TABLE late (id BIGINT PRIMARY KEY);")
      let result = try await shop.gradus(command)
      #expect(result.code == 0, "\(result)")
      #expect(
        result.output.contains("warning: delta/main/2/04_late.sql was never applied"), "\(result)")
    }
  }
}
