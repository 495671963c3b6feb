import Foundation
import GradusTestSupport

/// Damages a text: parts are left out, doubled, moved, replaced, and mixed with words of its language.
struct Mutation {
  /// The words, such as keys and odd values.
  var words: [String]

  func apply(to text: String, _ generator: inout SeededGenerator) -> String {
    var text = Array(text.unicodeScalars)
    for _ in 0..<Int.random(in: 1...4, using: &generator) { text = once(text, &generator) }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: text)
    return String(result)
  }

  private func once(_ text: [Unicode.Scalar], _ generator: inout SeededGenerator) -> [Unicode.Scalar] {
    guard !text.isEmpty else { return Array((words.randomElement(using: &generator) ?? "").unicodeScalars) }
    var text = text
    let part = part(of: text, &generator)
    switch Int.random(in: 0..<7, using: &generator) {
    case 0: text.removeSubrange(part)
    case 1: text.insert(contentsOf: text[part], at: part.upperBound)
    case 2: text.insert(contentsOf: text[part], at: Int.random(in: 0...text.count, using: &generator))
    case 3: text = Array(text[..<part.lowerBound])
    case 4:
      text[part.lowerBound] = Self.odd.randomElement(using: &generator) ?? " "
    case 5:
      text.insert(Self.odd.randomElement(using: &generator) ?? " ", at: part.lowerBound)
    default:
      text.replaceSubrange(part, with: (words.randomElement(using: &generator) ?? "").unicodeScalars)
    }
    return text
  }

  /// A line, a word, or any part.
  private func part(of text: [Unicode.Scalar], _ generator: inout SeededGenerator) -> Range<Int> {
    let start = Int.random(in: 0..<text.count, using: &generator)
    func grown(while isInside: (Unicode.Scalar) -> Bool) -> Range<Int> {
      var (low, high) = (start, start + 1)
      while low > 0, isInside(text[low - 1]) { low -= 1 }
      while high < text.count, isInside(text[high]) { high += 1 }
      return low..<high
    }
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: return grown { $0 != "\n" }
    case 1: return grown { $0.properties.isAlphabetic || $0 == "_" || ("0"..."9").contains($0) }
    default:
      let length = Int.random(in: 1...20, using: &generator)
      return start..<min(text.count, start + length)
    }
  }

  private static let odd: [Unicode.Scalar] = [
    "\0", "\t", "\n", "\r", " ", "!", "\"", "#", "$", "%", "&", "'", "(", ")", "*", ",", "-", ".", "/", "0",
    "9",
    ":", ";", "<", "?", "@", "[", "\\", "]", "^", "_", "`", "{", "|", "}", "~", "\u{7F}", "\u{85}", "\u{A0}",
    "é", "\u{301}", "\u{2028}", "\u{FEFF}", "\u{FFFD}", "\u{FFFE}", "🦀", "\u{10FFFF}",
  ]
}
