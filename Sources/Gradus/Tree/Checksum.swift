import GradusSQL

/// A checksum over a script's tokens: line ends, indentation and comments may change, the SQL may not.
///
/// FNV-1a, 64 bits (Fowler, Noll, Vo). It finds edits; it is no defence against anyone.
package enum Checksum {
  /// `fnv1a:` and sixteen hexadecimal digits.
  package static func of(_ script: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in normalized(script) {
      hash ^= UInt64(byte)
      hash &*= 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return "fnv1a:" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The script with each run of white space and comments outside of quotes as one blank.
  static func normalized(_ script: String) -> [UInt8] {
    let bytes = Array(script.utf8)
    var result: [UInt8] = []
    var index = 0
    var hasGap = false
    while index < bytes.count {
      let rest = bytes[index...]
      if let end = SQLGap.end(rest) {
        index = end
        hasGap = true
        continue
      }
      if hasGap && !result.isEmpty { result.append(UInt8(ascii: " ")) }
      hasGap = false
      let end = endOfQuoted(rest) ?? index + 1
      result.append(contentsOf: bytes[index..<end])
      index = end
    }
    return result
  }

  /// The end of a quoted text or name, or of a dollar-quoted body, that starts here.
  private static func endOfQuoted(_ rest: ArraySlice<UInt8>) -> Int? {
    guard let first = rest.first else { return nil }
    if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
      // A doubled quote ends one quoted part and begins the next at once, which comes to the same.
      return rest.dropFirst().firstIndex(of: first).map { $0 + 1 } ?? rest.endIndex
    }
    guard first == UInt8(ascii: "$"), let close = rest.dropFirst().firstIndex(of: first) else { return nil }
    let tag = rest[rest.startIndex...close]
    let isTag = tag.dropFirst().dropLast().allSatisfy {
      $0 == UInt8(ascii: "_") || $0 >= 0x80 || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A)
    }
    guard isTag else { return nil }
    var index = close + 1
    while index < rest.endIndex, !rest[index...].starts(with: tag) { index += 1 }
    return min(index + tag.count, rest.endIndex)
  }
}
