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

  @Test(arguments: [1, 2, 7])
  func comingBackAgainAndAgainIsGoingRound(places: Int) {
    var progress = ProgressGuard()
    var batches = 0
    while progress.record(next: "\(batches % places)", written: 0, remaining: nil) == .fine { batches += 1 }
    #expect(batches == places + ProgressGuard.patience - 1)
    // And so is the next batch.
    #expect(progress.record(next: "0", written: 0, remaining: nil) == .goesRound)
  }

  /// Keys that needed nothing are taken off a queue: nothing is written, but fewer are left.
  @Test func aQueueThatIsTakenOffIsFine() {
    var progress = ProgressGuard()
    for left in (0..<500).reversed() {
      #expect(progress.record(next: "{}", written: left % 2, remaining: left) == .fine)
    }
  }

  @Test func rowsThatDoNotGetFewerAreAStall() {
    var progress = ProgressGuard()
    let findings = (0...2 * ProgressGuard.patience + 1).map { _ in
      progress.record(next: "{}", written: 10, remaining: 70)
    }
    #expect(findings.filter { $0 == .stalls }.count == 2)
    #expect(!findings.contains(.goesRound))
    #expect(progress.record(next: "{}", written: 10, remaining: 60) == .fine)
  }
}
