import Gradus
import Testing

@testable import GradusCommand

@Suite struct ProgressTextTests {
  private func report(
    _ scanned: Int, _ remaining: Int?, isComplete: Bool = false, rate: Double? = nil,
    eta: ClosedRange<Duration>? = nil, phase: String? = nil
  ) -> UpdateProgressReport {
    UpdateProgressReport(
      name: "fill", scanned: scanned, written: 0, remaining: remaining, isComplete: isComplete, rate: rate,
      eta: eta, phase: phase)
  }

  @Test func aBarSaysWhatIsKnown() {
    let half = String(repeating: "█", count: 12) + String(repeating: "░", count: 12)
    let full = String(repeating: "█", count: 24)
    #expect(Text.bar(report(1500, nil)) == "fill: 1,500 rows")
    #expect(Text.bar(report(1500, 1500)) == "\(half)  50 % fill: 1,500 rows")
    #expect(
      Text.bar(report(1500, 1500, rate: 1234.5, eta: .seconds(190) ... .seconds(290)))
        == "\(half)  50 % fill: 1,500 rows, 1,234 rows/s, about 3-5 min left")
    #expect(Text.bar(report(1500, nil, rate: 2.34)) == "fill: 1,500 rows, 2.3 rows/s")
    #expect(
      Text.bar(report(3000, 0, isComplete: true, rate: 0, eta: .zero ... .zero))
        == "\(full) 100 % fill: 3,000 rows")
    #expect(Text.bar(report(999, 1)).contains(" 99 % "))
    // What is done may still have to be verified, and an estimate may be too low.
    #expect(Text.bar(report(3000, 0)).contains("█░  99 % "))
    #expect(
      Text.bar(report(0, nil, phase: "building index: scanning table"))
        == "fill: building index: scanning table")
    #expect(Text.bar(report(8, 8, rate: 3, phase: "building index")) == "\(half)  50 % fill: building index")
  }

  @Test(
    arguments: [
      (0, "0 %"), (0.005, "0 %"), (0.29, "29 %"), (0.57, "57 %"), (0.5799, "57 %"), (0.99999, "99 %"),
      (1, "99 %"),
    ] as [(Double, String)])
  func percentsOfWhatIsNotComplete(fraction: Double, expected: String) {
    #expect(Text.percent(fraction) == expected)
  }

  @Test(
    arguments: [
      (0.0, 0.0, nil), (0.2, 0.9, "up to 1 s left"), (3, 5, "about 3-5 s left"), (3.2, 4, "about 3-4 s left"),
      (4, 4, "about 4 s left"), (61, 119.5, "about 61-120 s left"), (40, 125, "about 40 s to 3 min left"),
      (180, 300, "about 3-5 min left"), (0.5, 600, "up to 10 min left"),
      (1800, 10_000, "about 30 min to 3 h left"), (7200, 14_000, "about 2-4 h left"),
      (80_000, 400_000, "about 22 h to 5 days left"), (1e9, 3e9, "about 11,574-34,723 days left"),
    ] as [(Double, Double, String?)])
  func theTimeLeftIsAnInterval(least: Double, most: Double, expected: String?) {
    #expect(Text.timeLeft(.seconds(least) ... .seconds(most)) == expected)
  }
}
