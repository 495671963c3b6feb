import GradusSQL

/// A word, a quoted name or a single sign of a script; texts are none.
struct ScriptToken {
  /// A word in small letters, as the server takes it; a quoted name as it is.
  let text: String
  /// Its first byte's place.
  let start: Int

  private static let quote = UInt8(ascii: "'")

  static func all(in bytes: [UInt8]) -> [ScriptToken] {
    var tokens: [ScriptToken] = []
    var index = 0
    while index < bytes.count {
      let rest = bytes[index...]
      if let end = SQLGap.end(rest) {
        index = end
        continue
      }
      let end: Int
      switch bytes[index] {
      case quote:
        end = endOfQuoted(rest, hasEscapes: false)
      case UInt8(ascii: "\""):
        end = endOfQuoted(rest, hasEscapes: false)
        let name = SQLText.unquoted(String(decoding: bytes[index..<end], as: UTF8.self))
        tokens.append(ScriptToken(text: name, start: index))
      case UInt8(ascii: "$"):
        end = endOfDollarQuoted(rest) ?? index + 1
      case let byte where isWordByte(byte):
        let word = rest.prefix(while: isWordByte)
        let text = String(decoding: word, as: UTF8.self).lowercased()
        if text == "e", word.endIndex < bytes.count, bytes[word.endIndex] == quote {
          end = endOfQuoted(bytes[word.endIndex...], hasEscapes: true)
        } else {
          end = word.endIndex
          tokens.append(ScriptToken(text: text, start: index))
        }
      case let byte:
        end = index + 1
        tokens.append(ScriptToken(text: String(UnicodeScalar(byte)), start: index))
      }
      index = end
    }
    return tokens
  }

  /// The end of a text or name; a doubled quote belongs to it.
  private static func endOfQuoted(_ rest: ArraySlice<UInt8>, hasEscapes: Bool) -> Int {
    let mark = rest[rest.startIndex]
    var index = rest.startIndex + 1
    while index < rest.endIndex {
      if hasEscapes, rest[index] == UInt8(ascii: "\\") {
        index += 2
      } else if rest[index] != mark {
        index += 1
      } else if index + 1 < rest.endIndex, rest[index + 1] == mark {
        index += 2
      } else {
        return index + 1
      }
    }
    return rest.endIndex
  }

  /// The end of `$tag$...$tag$`; nil where the dollar begins none.
  private static func endOfDollarQuoted(_ rest: ArraySlice<UInt8>) -> Int? {
    let name = rest.dropFirst().prefix { isWordByte($0) && $0 != UInt8(ascii: "$") }
    guard name.endIndex < rest.endIndex, rest[name.endIndex] == UInt8(ascii: "$"),
      !(name.first.map { (0x30...0x39).contains($0) } ?? false)
    else { return nil }
    let tag = rest[rest.startIndex...name.endIndex]
    var index = name.endIndex + 1
    while index < rest.endIndex, !rest[index...].starts(with: tag) { index += 1 }
    return min(index + tag.count, rest.endIndex)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte >= 0x80
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
  }
}
