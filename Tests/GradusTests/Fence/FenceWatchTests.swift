import Foundation
import GradusSQL
import Testing

@testable import Gradus

@Suite struct FenceWatchTests {
  private func holder(_ process: Int, version: Int = 86) -> VersionHolder {
    VersionHolder(
      version: version, name: "shop", process: process, host: "a", since: Date(timeIntervalSince1970: 0),
      engine: .sqlite)
  }

  @Test func goesOnWhereNobodyRuns() {
    var watch = FenceWatch(timeout: .zero)
    #expect(watch.observe([], after: .zero) == .proceed)
    #expect(watch.observe([], after: .seconds(100)) == .proceed)
  }

  @Test func tellsOnceWhoRuns() {
    var watch = FenceWatch(timeout: .seconds(60))
    #expect(watch.observe([holder(1), holder(2)], after: .zero) == .wait(isNews: true))
    #expect(watch.observe([holder(2), holder(1)], after: .seconds(1)) == .wait(isNews: false))
    #expect(watch.observe([holder(1)], after: .seconds(2)) == .wait(isNews: true))
    #expect(watch.observe([holder(1)], after: .seconds(3)) == .wait(isNews: false))
    // One has gone, another has come.
    #expect(watch.observe([holder(3)], after: .seconds(4)) == .wait(isNews: true))
    #expect(watch.observe([], after: .seconds(5)) == .proceed)
  }

  @Test func givesUp() {
    var watch = FenceWatch(timeout: .seconds(60))
    #expect(watch.observe([holder(1)], after: .seconds(59)) == .wait(isNews: true))
    #expect(watch.observe([holder(1)], after: .seconds(60)) == .giveUp)
    var impatient = FenceWatch(timeout: .zero)
    #expect(impatient.observe([holder(1)], after: .zero) == .giveUp)
  }

  @Test func theErrorNamesEveryProcess() {
    let error = GradusError(
      stillRunning: [holder(1), holder(2, version: 85)], compat: 87, timeout: .seconds(60))
    #expect(error.code == .versionsStillRunning)
    #expect(error.message.contains("rise to 87"))
    #expect(error.message.contains("schema version 86: shop pid 1 on a, since 1970-01-01T00:00:00Z"))
    #expect(error.message.contains("schema version 85: shop pid 2 on a"))
    #expect(error.hint?.contains("--fence-timeout") == true)
  }
}
