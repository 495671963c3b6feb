import Foundation

/// How much text a terminal shows.
struct TerminalSize: Hashable, Sendable {
  /// Characters a line.
  var columns: Int
  /// Lines.
  var rows: Int

  /// That of the terminal on standard error; where it does not tell, what `COLUMNS` and `LINES` say, or 80 by 24.
  static var current: TerminalSize {
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0
    let environment = ProcessInfo.processInfo.environment
    func either(_ known: UInt16, _ variable: String, _ standard: Int) -> Int {
      if isKnown, known > 0 { return Int(known) }
      return environment[variable].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } ?? standard
    }
    return TerminalSize(
      columns: either(size.ws_col, "COLUMNS", 80), rows: either(size.ws_row, "LINES", 24))
  }
}
