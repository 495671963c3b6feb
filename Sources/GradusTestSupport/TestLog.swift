package import Logging
import Synchronization

/// A log that can be read.
package final class TestLog: Sendable {
  /// What is logged at once.
  package struct Line: Sendable {
    /// How grave it is.
    package var level: Logger.Level
    /// The text.
    package var message: String
    /// What stands beside it.
    package var metadata: Logger.Metadata
  }

  private let written = Mutex<[Line]>([])
  /// What was logged so far.
  package var lines: [Line] { written.withLock { $0 } }
  /// What writes into it.
  package var handler: any LogHandler { Handler(log: self) }
  /// A logger of everything.
  package var logger: Logger { Logger(label: "test") { _ in self.handler } }

  /// An empty one.
  package init() {}

  private struct Handler: LogHandler {
    let log: TestLog
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      log.written.withLock {
        $0.append(Line(level: event.level, message: "\(event.message)", metadata: all))
      }
    }
  }
}
