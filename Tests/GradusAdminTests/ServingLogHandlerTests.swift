import GradusTestSupport
import Logging
import Testing

@testable import GradusAdmin

@Suite struct ServingLogHandlerTests {
  /// - Returns: how many of two lines, of an error and of what is below a warning, are passed on.
  private func passed(isServing: Bool) -> Int {
    let log = TestLog()
    var logger = Logger(label: "test") { _ in
      ServingLogHandler(log.handler, isServing: { isServing })
    }
    logger.logLevel = .warning
    logger.error("accept: too many open files")
    logger.info("of no use")
    return log.lines.count
  }

  @Test func onlyWhatGoesWrongWhileItServesIsLogged() {
    #expect(passed(isServing: true) == 1)
    #expect(passed(isServing: false) == 0)
  }
}
