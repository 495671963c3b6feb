import Gradus
import Testing

@Suite struct UpdateProgressReportTests {
  @Test(
    arguments: [
      (0, 100, false, 0.0), (25, 75, false, 0.25), (10, 0, false, 1), (0, 0, false, 0), (0, 0, true, 1),
      (5, nil, true, 1), (5, nil, false, nil), (.max, .max, false, 0.5),
    ] as [(Int, Int?, Bool, Double?)])
  func theFraction(scanned: Int, remaining: Int?, isComplete: Bool, expected: Double?) {
    let report = UpdateProgressReport(
      name: "u", scanned: scanned, written: 0, remaining: remaining, isComplete: isComplete)
    #expect(report.fraction == expected)
    #expect(report.rate == nil && report.eta == nil && report.phase == nil)
  }
}
