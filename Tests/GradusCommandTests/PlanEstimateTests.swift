import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// How many rows a plan says that its steps look at.
@Suite struct PlanEstimateTests {
  /// What a step completes an earlier one may only queue: of a leap over a version it is not known, and not nothing.
  @Test(arguments: TestDatabase.availableEngines)
  func whatThePlanQueuesIsNotKnown(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await #require(shop.gradus("migrate", "--to", "1").code == 0)
      try await shop.database.execute("INSERT INTO customers VALUES ('a'), ('b')")
      try await shop.database.execute("INSERT INTO orders VALUES (1, 'a', 1), (2, 'b', 1)")
      let leap = try await completion(shop)
      #expect(leap["rows"] == nil && leap["estimated_ms"] == nil, "\(leap)")
      try await #require(shop.gradus("migrate", "--to", "2").code == 0)
      let step = try await completion(shop)
      #expect(step["rows"] as? Int == 2 && step["estimated_ms"] as? Int == 0, "\(step)")
    }
  }

  /// A new database has no rows.
  @Test(arguments: TestDatabase.availableEngines)
  func ofANewDatabaseItIsNothing(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      let step = try await completion(shop)
      #expect(step["rows"] as? Int == 0, "\(step)")
    }
  }

  /// The step that completes updates.
  private func completion(_ shop: Shop) async throws -> [String: Any] {
    let plan = try await shop.gradus("plan", "--format", "json").object()
    let steps = (plan["databases"] as? [[String: Any]])?.first?["steps"] as? [[String: Any]] ?? []
    return try #require(steps.first { $0["kind"] as? String == "complete_updates" })
  }
}
