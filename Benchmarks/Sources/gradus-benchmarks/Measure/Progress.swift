import Foundation

/// Lines on standard error for who waits for the numbers.
enum Progress {
  static func tell(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
  }
}
