import Testing

@testable import GradusUpdates

@Suite struct HealthJudgeTests {
  private func judge(_ limits: [HealthSignal: Double]) -> HealthJudge {
    HealthJudge(limits: HealthLimits(limits))
  }

  @Test func theDefaults() {
    let limits = HealthLimits()
    let values = HealthSignal.allCases.map { limits[$0] }
    #expect(values == [10_000, nil, 0, nil, 0.5, 268_435_456])
    #expect(HealthSignal.allCases.allSatisfy { HealthLimits.off[$0] == nil })
  }

  @Test(arguments: [
    (0.0, "fine"), (7000, "fine"), (7001, "slow"), (10_000, "slow"), (10_001, "pause"),
    (.infinity, "pause"), (.nan, "fine"),
  ])
  func comparesWithTheLimit(value: Double, expected: String) {
    var judge = judge([.replicationLag: 10_000])
    let reading = HealthReading(signal: .replicationLag, value: value, limit: 10_000)
    switch judge.verdict([.replicationLag: value]) {
    case .fine: #expect(expected == "fine")
    case .slow(let readings): #expect(expected == "slow" && readings == [reading])
    case .pause(let readings): #expect(expected == "pause" && readings == [reading])
    }
  }

  @Test func aPauseLastsUntilWellBelowTheLimit() {
    var judge = judge([.latency: 100])
    let values: [Double] = [95, 101, 95, 90, 89, 95, 100, 101, 60]
    let paused = values.map { value in
      if case .pause = judge.verdict([.latency: value]) { true } else { false }
    }
    #expect(paused == [false, true, true, true, false, false, false, true, false])
  }

  @Test func aLimitOfZeroPausesAtAnyAndNeverSlows() {
    var judge = judge([.lockWaiters: 0])
    #expect(judge.verdict([.lockWaiters: 0]) == .fine)
    let one = HealthReading(signal: .lockWaiters, value: 1, limit: 0)
    #expect(judge.verdict([.lockWaiters: 1]) == .pause([one]))
    #expect(judge.verdict([.lockWaiters: 0]) == .fine)
  }

  @Test func whatCannotBeReadOrIsOffDoesNotCount() {
    var judge = judge([.latency: 100])
    #expect(judge.verdict([.walSize: 1e15]) == .fine)
    guard case .pause = judge.verdict([.latency: 200]) else {
      Issue.record("not paused")
      return
    }
    #expect(judge.verdict([:]) == .fine)
    guard case .slow = judge.verdict([.latency: 95]) else {
      Issue.record("a pause was remembered")
      return
    }
  }

  @Test func namesTheSignalsBehindItInOrder() {
    var judge = judge([.latency: 100, .replicationLag: 10, .busyRate: 0.5, .walRate: 100])
    let verdict = judge.verdict([.latency: 200, .replicationLag: 20, .busyRate: 0.4, .walRate: 1])
    #expect(
      verdict
        == .pause([
          HealthReading(signal: .replicationLag, value: 20, limit: 10),
          HealthReading(signal: .latency, value: 200, limit: 100),
        ]))
    #expect(
      judge.verdict([.latency: 75, .replicationLag: 8, .busyRate: 0.4])
        == .slow([
          HealthReading(signal: .replicationLag, value: 8, limit: 10),
          HealthReading(signal: .latency, value: 75, limit: 100),
          HealthReading(signal: .busyRate, value: 0.4, limit: 0.5),
        ]))
  }

  @Test func describesAReading() {
    #expect(
      "\(HealthReading(signal: .replicationLag, value: 12_345.6, limit: 10_000))"
        == "replication_lag_ms 12346 of 10000")
    #expect("\(HealthReading(signal: .busyRate, value: 2.0 / 3, limit: 0.5))" == "busy_rate 0.67 of 0.5")
  }
}
