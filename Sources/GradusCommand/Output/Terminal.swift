import ArgumentParser
import Foundation
import Synchronization

/// Standard output for results, standard error for progress and messages.
///
/// A write that fails stops nothing: what is under way is worth more than who reads of it. Of a result it is an error in
/// the end, and of a message nobody can be told.
package enum Terminal {
  static let errorIsInteractive = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"

  private static let environment = ProcessInfo.processInfo.environment

  private static let loss = Mutex<String?>(nil)

  /// Why a result could not be written; nil where all were.
  static var lostResult: String? { loss.withLock(\.self) }

  /// A report for people; what a terminal would obey is taken out, as names in a database are strangers'.
  package static func result(_ text: String) { data(Text.printableLines(text)) }

  /// A result that programs read, and paths and files: as it is.
  static func data(_ text: String) {
    guard let error = write(text + "\n", to: STDOUT_FILENO) else { return }
    loss.withLock { $0 = $0 ?? error }
  }

  package static func message(_ text: String) { draw(Text.printableLines(text) + "\n") }

  /// Without an end of line, for a line that is drawn again.
  static func draw(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  package static func json(_ value: some Encodable) throws { data(try jsonLine(value)) }

  /// An error: a message, or for who reads results as JSON a line of that.
  ///
  /// - Parameter exitCode: what the command ends with.
  static func error(_ error: any Error, exitCode: ExitCode, _ format: OutputOptions.Format) {
    guard format == .json, let line = try? jsonLine(ErrorDocument(error, exitCode: exitCode)) else {
      return message("error: \(error)")
    }
    draw(line + "\n")
  }

  private static func jsonLine(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// - Returns: the error; nil where all was written.
  private static func write(_ text: String, to descriptor: Int32) -> String? {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Somebody who has the same file open does not want to wait; a command does.
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
      } else if errno != EINTR {
        return String(cString: strerror(errno))
      }
    }
    return nil
  }
}
