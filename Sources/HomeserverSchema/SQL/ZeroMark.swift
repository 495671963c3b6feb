import GradusSQL

/// What stands for U+0000 in JSON that SQLite takes apart: its functions end a text there, so that a key would be another.
///
/// It is U+0001 and more zeros than follow one in any of the texts. As it begins with a character that is in it but once,
/// it is found where U+0000 was and nowhere else.
struct ZeroMark {
  private let zeros: Int

  /// - Parameter texts: all that the JSON holds.
  /// - Returns: nil where none holds U+0000, as in all but odd databases.
  init?(for texts: some Sequence<String>) {
    var (isNeeded, longest) = (false, 0)
    for text in texts {
      // How many zeros have followed U+0001; nil elsewhere.
      var run: Int?
      for byte in text.utf8 {
        if byte == UInt8(ascii: "0"), let count = run {
          run = count + 1
          longest = max(longest, count + 1)
        } else {
          run = byte == 1 ? 0 : nil
          if byte == 0 { isNeeded = true }
        }
      }
    }
    guard isNeeded else { return nil }
    zeros = longest + 1
  }

  /// A text as the JSON is to have it.
  func marked(_ text: String) -> String {
    guard text.holdsZero else { return text }
    let mark = [1] + [UInt8](repeating: UInt8(ascii: "0"), count: zeros)
    return String(decoding: text.utf8.flatMap { $0 == 0 ? mark : [$0] }, as: UTF8.self)
  }

  /// Any value as the JSON is to have it.
  func marked(_ value: SQLValue) -> SQLValue {
    if case .text(let text) = value { .text(marked(text)) } else { value }
  }

  /// The SQL expression of the true text.
  ///
  /// - Parameter expression: that of the text that was taken out of the JSON.
  func unmarked(_ expression: String) -> String {
    "replace(\(expression), char(1) || '\(String(repeating: "0", count: zeros))', char(0))"
  }
}
