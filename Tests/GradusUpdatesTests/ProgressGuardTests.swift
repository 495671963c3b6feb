import Testing

@testable import GradusUpdates

@Suite struct ProgressGuardTests {
  @Test func gettingOnIsFine() {
    var progress = ProgressGuard()
    for position in 0..<2_000 {
      #expect(
        progress.record(next: "\(position)", written: position % 3, remaining: 2_000 - position) == .fine)
    }
  }

  @Test func comingBackWithoutHavingWrittenIsGoingRound() {
    var progress = ProgressGuard()
    #expect(progress.record(next: "a", written: 0, remaining: nil) == .fine)
    #expect(progress.record(next: "b", written: 0, remaining: nil) == .fine)
    #expect(progress.record(next: "a", written: 0, remaining: nil) == .goesRound)
  }

  @Test func aQueueThatIsTakenOffIsFine() {
    var progress = ProgressGuard()
    for left in (0..<500).reversed() {
      #expect(progress.record(next: "{}", written: 1, remaining: left) == .fine)
    }
  }

  @Test func rowsThatDoNotGetFewerAreAStall() {
    var progress = ProgressGuard()
    let findings = (0...2 * ProgressGuard.patience).map { _ in
      progress.record(next: "{}", written: 10, remaining: 70)
    }
    #expect(findings.filter { $0 == .stalls }.count == 2)
    #expect(progress.record(next: "{}", written: 10, remaining: 60) == .fine)
  }
}
