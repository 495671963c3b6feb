import Logging
import Synchronization
import Testing

@testable import GradusCommand

/// What strangers write into a database, and errors of several lines, stay within a line of the log.
@Suite struct OneLineLogTests {
  private final class Sink: TextOutputStream, Sendable {
    private let written = Mutex("")
    var text: String { written.withLock(\.self) }
    func write(_ string: String) { written.withLock { $0 += string } }
  }

  @Test func aRecordIsALine() {
    let sink = Sink()
    var logger = Logger(label: "test") { OneLineLogHandler(StreamLogHandler(label: $0, stream: sink)) }
    logger[metadataKey: "data\nbase"] = "a\r\nb"
    logger.info(
      "two\nlines", metadata: ["error": "x\n  statement: y\u{1B}[31m", "of": ["\u{202E}z\tz"], "na\nme": "1"])
    #expect(sink.text.count { $0.isNewline } == 1)
    #expect(sink.text.hasSuffix("two\\nlines\n"))
    #expect(sink.text.contains("data\\nbase=a\\nb "))
    #expect(sink.text.contains("error=x\\n  statement: y\u{FFFD}[31m "))
    #expect(sink.text.contains("na\\nme=1 "))
    #expect(!sink.text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" || $0 == "\t" })
  }
}
