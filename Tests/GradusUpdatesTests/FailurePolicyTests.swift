import Testing

@testable import GradusUpdates

@Suite struct FailurePolicyTests {
  @Test func whatWillNotGoByItselfIsParked() {
    let policy = FailurePolicy(attempts: 3, isPatient: true)
    #expect(policy.response(failures: 1, isTransient: false) == .retry(after: .milliseconds(100)))
    #expect(policy.response(failures: 2, isTransient: false) == .retry(after: .milliseconds(200)))
    #expect(policy.response(failures: 3, isTransient: false) == .park)
  }

  @Test func locksAreWaitedOutOrReported() {
    let patient = FailurePolicy(attempts: 3, isPatient: true)
    #expect(patient.response(failures: 9, isTransient: true) == .retry(after: .milliseconds(25_600)))
    #expect(patient.response(failures: 1_000, isTransient: true) == .retry(after: .seconds(60)))
    #expect(FailurePolicy(attempts: 3, isPatient: false).response(failures: 3, isTransient: true) == .giveUp)
  }
}
