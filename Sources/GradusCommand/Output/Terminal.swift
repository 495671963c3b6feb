import Foundation
import Synchronization

/// Standard output for results, standard error for progress and messages.
package enum Terminal {
  static let errorIsInteractive = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"

  private static let environment = ProcessInfo.processInfo.environment

  package static func result(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  package static func message(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Without an end of line, for a line that is drawn again.
  static func draw(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  package static func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    result(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
