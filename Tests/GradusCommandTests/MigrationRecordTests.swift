import Testing

@testable import Gradus
@testable import GradusCommand

@Suite struct MigrationRecordTests {
  private static func plan(_ steps: [PlanStep]) -> Plan {
    var plan = Plan(target: 2, targetCompat: 2, version: 1, compatVersion: 1, queuedUpdates: [])
    plan.steps = steps
    return plan
  }

  /// The connection is lost within the first step, which is rolled back, or committed while the answer is lost.
  @Test(arguments: [false, true])
  func aStepThatIsCutOffCountsOnce(isCommitted: Bool) {
    let steps = [PlanStep(.raiseCompat(from: 1, to: 2), ""), PlanStep(.recordVersion(2), "")]
    let record = MigrationRecord()
    #expect(record.plan?.steps.count == nil)
    record.note(.planned(Self.plan(steps)))
    record.note(.stepStarted(steps[0], number: 1, count: 2))
    let rest = Array(steps.dropFirst(isCommitted ? 1 : 0))
    record.note(.planned(Self.plan(rest)))
    for (index, step) in rest.enumerated() {
      record.note(.stepStarted(step, number: index + 1, count: rest.count))
      record.note(.stepFinished(step, duration: .zero))
    }
    #expect(record.plan?.steps.map(\.kind) == ["raise_compat", "record_version"])
    #expect(record.plan?.version == 1)
  }

  /// One joins the steps that were planned.
  @Test func aStepThatWasNotPlannedCounts() {
    let (planned, late) = (PlanStep(.recordVersion(2), ""), PlanStep(.certify(migration: "late"), ""))
    let record = MigrationRecord()
    record.note(.planned(Self.plan([planned])))
    for step in [planned, late] {
      record.note(.stepStarted(step, number: 1, count: 1))
      record.note(.stepFinished(step, duration: .zero))
    }
    #expect(record.plan?.steps.map(\.kind) == ["record_version", "certify"])
  }
}
