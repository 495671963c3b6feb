import Foundation
import GradusSQL

/// A line of standard input.
enum InputLine {
  /// Reads the next one; nil at the end of the input, and at once where the task is cancelled.
  static func read() async -> String? {
    let (lines, continuation) = AsyncStream.makeStream(of: String.self)
    DetachedThread.run {
      if let line = next() { continuation.yield(line) }
      continuation.finish()
    }
    for await line in lines { return line }
    return nil
  }

  /// Not by `readLine`, whose lock the end of the process would wait for.
  private static func next() -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      let count = Foundation.read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count > 0 || !line.isEmpty else { return nil }
      guard count > 0, byte != UInt8(ascii: "\n") else { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
  }
}
