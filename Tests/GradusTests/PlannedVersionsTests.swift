import Testing

@testable import Gradus

/// Which versions a plan goes through.
@Suite struct PlannedVersionsTests {
  /// Numbers between two dates are no versions.
  @Test func versionsMayBeDates() throws {
    let files = [
      20_240_131: [PlannerTests.file(20_240_131, "01_a.sql")],
      20_250_401: [PlannerTests.file(20_250_401, "01_b.sql")],
    ]
    let ledger = Ledger(
      version: 20_250_402, compatVersion: 20_240_101,
      versions: [20_240_101: .init(compatVersion: 20_240_101), 20_250_101: .init(compatVersion: 20_240_101)])
    let tree = SchemaTree(
      deltas: files, fullSchemas: [20_240_101: [PlannerTests.file(20_240_101, "01_all.sql")]])
    let plan = try Planner(ledger: ledger, tree: tree, engine: .sqlite)
      .plan(DatabaseState(version: .init(20_240_101, isUpgraded: false), compatVersion: 20_240_101))
    let recorded = plan.steps.compactMap { step -> Int? in
      if case .recordVersion(let version) = step.action { version } else { nil }
    }
    #expect(recorded == [20_240_131, 20_250_101, 20_250_401, 20_250_402])
    #expect(plan.steps.count { $0.kind == "apply_delta" } == 2)
  }

  @Test func aVersionWithoutDeltasIsSaidToHaveNone() throws {
    let tree = SchemaTree(
      deltas: [3: PlannerTests.tree.deltas[3]!], fullSchemas: PlannerTests.tree.fullSchemas)
    let steps = try Planner(ledger: PlannerTests.ledger, tree: tree, engine: .sqlite)
      .plan(DatabaseState(version: .init(1, isUpgraded: true), compatVersion: 0)).steps
    #expect(
      steps.filter { $0.kind == "record_version" }.map(\.reason) == [
        "there are no deltas of it", "its deltas follow",
      ])
  }
}
