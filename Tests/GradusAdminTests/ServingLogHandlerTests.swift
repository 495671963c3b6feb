import Logging
import Synchronization
import Testing

@testable import GradusAdmin

@Suite struct ServingLogHandlerTests {
  /// Counts what it is to log.
  private struct Counter: LogHandler {
    final class Count: Sendable {
      let value = Mutex(0)
    }

    let count: Count
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { count.value.withLock { $0 += 1 } }
  }

  /// - Returns: how many of two lines, of a warning and of what is below it, are passed on.
  private func passed(isServing: Bool, isCancelled: Bool) async -> Int {
    let count = Counter.Count()
    var logger = Logger(label: "test") { _ in
      ServingLogHandler(Counter(count: count), isServing: { isServing })
    }
    logger.logLevel = .warning
    let task = Task { [logger] in
      if isCancelled { withUnsafeCurrentTask { $0?.cancel() } }
      logger.error("accept: too many open files")
      logger.info("of no use")
    }
    await task.value
    return count.value.withLock { $0 }
  }

  @Test func onlyWhatGoesWrongWhileItServesIsLogged() async {
    #expect(await passed(isServing: true, isCancelled: false) == 1)
    #expect(await passed(isServing: false, isCancelled: false) == 0)
    #expect(await passed(isServing: true, isCancelled: true) == 0)
  }
}
