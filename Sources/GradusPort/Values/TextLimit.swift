/// How much of a text a column keeps.
///
/// The server cuts spaces beyond it off, and names at any character, without a word.
package enum TextLimit: Sendable, Hashable {
  case characters(Int)
  case bytes(Int)

  /// - Parameters:
  ///   - text: UTF-8.
  ///   - isPadded: whether spaces at its end count for nothing.
  func admits(_ text: UnsafeBufferPointer<UInt8>, isPadded: Bool) -> Bool {
    guard text.count > count else { return true }
    guard case .characters = self else { return false }
    var rest = text[...]
    if isPadded { while rest.last == UInt8(ascii: " ") { rest.removeLast() } }
    // The bytes that begin a character.
    return rest.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 } <= count
  }

  /// Whether a number fits that is written with these characters.
  func admits(number: String) -> Bool { number.utf8.count <= count }

  private var count: Int {
    switch self {
    case .characters(let count), .bytes(let count): count
    }
  }
}

extension TextLimit: CustomStringConvertible {
  package var description: String {
    switch self {
    case .characters(let count): "\(count) \(count == 1 ? "character" : "characters")"
    case .bytes(let count): "\(count) \(count == 1 ? "byte" : "bytes")"
    }
  }
}
