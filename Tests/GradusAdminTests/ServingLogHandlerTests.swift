import GradusTestSupport
import Logging
import Testing

@testable import GradusAdmin

@Suite struct ServingLogHandlerTests {
  /// - Returns: how many of two lines, of a warning and of what is below it, are passed on.
  private func passed(isServing: Bool, isCancelled: Bool) async -> Int {
    let log = TestLog()
    var logger = Logger(label: "test") { _ in
      ServingLogHandler(log.handler, isServing: { isServing })
    }
    logger.logLevel = .warning
    let task = Task { [logger] in
      if isCancelled { withUnsafeCurrentTask { $0?.cancel() } }
      logger.error("accept: too many open files")
      logger.info("of no use")
    }
    await task.value
    return log.lines.count
  }

  @Test func onlyWhatGoesWrongWhileItServesIsLogged() async {
    #expect(await passed(isServing: true, isCancelled: false) == 1)
    #expect(await passed(isServing: false, isCancelled: false) == 0)
    #expect(await passed(isServing: true, isCancelled: true) == 0)
  }
}
