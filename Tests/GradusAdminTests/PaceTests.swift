import Foundation
import GradusReports
import GradusTestSupport
import Synchronization
import Testing

@testable import GradusAdmin
@testable import GradusUpdates

/// How fast updates of other processes seem to be.
@Suite struct PaceTests {
  @Test func whatIsStored() async throws {
    try await Desk.with(.sqlite) { desk in
      _ = try await desk.rows(
        """
        INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, started_at, updated_at)
        VALUES ('touch', 1000, 1000, 10, 2000, 0, 0)
        """)
      let answer = await desk.get("\(Desk.native)/updates/touch")
      // It does not run.
      #expect(answer.object["rows_per_s"] == nil && answer.object["eta_min_ms"] == nil, "\(answer)")
      let now = Int64(Date().timeIntervalSince1970 * 1000)
      _ = try await desk.rows(
        """
        INSERT INTO gradus_workers (worker, started_at, seen_at, update_name, state, health)
        VALUES ('someone', 1, \(now), 'touch', 'running', '[]')
        """)
      let running = await desk.get("\(Desk.native)/updates/touch")
      #expect(running.object["state"] as? String == "running")
      #expect(running.object["rows_per_s"] as? Double == 500, "\(running)")
      // 300 rows at 500 a second, or at half of that.
      #expect(running.object["eta_min_ms"] as? Int == 600, "\(running)")
      #expect(running.object["eta_max_ms"] as? Int == 1200, "\(running)")
    }
  }

  @Test func whatIsReportedByThisProcess() async throws {
    try await Desk.with(.sqlite) { desk in
      let tracker = desk.configuration.tracker
      tracker.record(.started(name: "touch", isResumed: false), database: "master")
      tracker.record(
        .batch(
          .init(
            name: "touch", scanned: 5, written: 5, remaining: 5, isComplete: false, rate: 2.456,
            eta: .seconds(1) ... .milliseconds(2500)),
          BatchReport(size: 5, scanned: 5, written: 5, duration: .zero)), database: "master")
      let answer = await desk.get("\(Desk.native)/updates/touch")
      #expect(answer.object["rows_per_s"] as? Double == 2.46, "\(answer)")
      #expect(answer.object["eta_min_ms"] as? Int == 1000)
      #expect(answer.object["eta_max_ms"] as? Int == 2500)
      tracker.record(.parked(name: "touch", reason: "x"), database: "master")
      #expect(tracker.current("master") == nil)
      #expect(tracker.current("other") == nil)
    }
  }

  /// A clock that stands until it is moved.
  private final class Clock: Sendable {
    let now = Mutex(Duration.zero)
    func move(_ duration: Duration) { now.withLock { $0 += duration } }
  }

  /// Its batches fail, say: what it came to before they did is not what it comes to now.
  @Test func ofOneThatStandsStillNothingIsKnown() async throws {
    let clock = Clock()
    try await Desk.with(
      .sqlite, nil, { configuration in configuration.now = { clock.now.withLock { $0 } } },
      { desk in
        desk.configuration.tracker.record(
          .batch(
            .init(
              name: "touch", scanned: 5, written: 5, remaining: 5, isComplete: false, rate: 2,
              eta: .seconds(1) ... .seconds(2)),
            BatchReport(size: 5, scanned: 5, written: 5, duration: .zero)), database: "master")
        for _ in 0..<20 {
          let answer = await desk.get("\(Desk.native)/updates/touch")
          #expect(answer.object["rows_per_s"] as? Double == 2, "\(answer)")
          clock.move(.seconds(2))
        }
        let answer = await desk.get("\(Desk.native)/updates/touch")
        #expect(answer.object["state"] as? String == "running")
        #expect(answer.object["rows_per_s"] == nil && answer.object["eta_min_ms"] == nil, "\(answer)")
      })
  }

  @Test func scriptsOfAPage() {
    let page =
      "<html><SCRIPT type=module>let a = '<b>'</script ><script src=x></script><script>2</script><script>"
    #expect(SecurityHeaders.texts(of: "script", in: page) == ["let a = '<b>'", "2"])
    let policy = SecurityHeaders(page: Array("<script>alert(1)</script>".utf8)).headers(isPage: true)
      .first { $0.0 == "Content-Security-Policy" }?.1
    #expect(policy?.contains("script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='") == true)
    #expect(policy?.contains("style-src 'none'") == true && policy?.contains("unsafe") == false)
    #expect(SecurityHeaders.texts(of: "style", in: "<style>a{}</style><p style='x'>") == ["a{}"])
  }
}
