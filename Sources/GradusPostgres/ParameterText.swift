import Foundation
import GradusSQL

/// Parameters as PostgreSQL's text format; the server works out their types from the statement.
enum ParameterText {
  /// - Returns: the text, or nil for NULL.
  /// - Throws: `SQLError` with code `unexpectedValue` where a text holds U+0000, which PostgreSQL cannot store and
  ///   which would end the C string early.
  static func encode(_ value: SQLValue) throws -> String? {
    switch value {
    case .null: nil
    case .integer(let integer): String(integer)
    case .double(let double): "\(double)"
    case .boolean(let boolean): boolean ? "t" : "f"
    case .text(let text): try checked(text)
    case .blob(let bytes): hex(bytes)
    case .textArray(let texts): try array(texts, quote)
    case .integerArray(let integers): array(integers) { $1 += String($0).utf8 }
    case .booleanArray(let booleans): array(booleans) { $1 += ($0 ? "t" : "f").utf8 }
    }
  }

  /// Calls `body` with the texts as C strings.
  static func withPointers<R>(_ texts: [String?], _ body: ([UnsafePointer<CChar>?]) throws -> R) rethrows -> R
  {
    let copies = texts.map { $0.map { strdup($0) } ?? nil }
    defer { copies.forEach { free($0) } }
    return try body(copies.map { UnsafePointer($0) })
  }

  private static func checked(_ text: String) throws -> String {
    guard !text.utf8.contains(0) else {
      throw SQLError(
        .unexpectedValue, "a text parameter holds the character U+0000, which PostgreSQL cannot store",
        hint: "remove the character, or store the bytes in a bytea column")
    }
    return text
  }

  private static func array<Element>(
    _ elements: [Element?], _ write: (Element, inout [UInt8]) throws -> Void
  ) rethrows -> String {
    var bytes: [UInt8] = [UInt8(ascii: "{")]
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      if let element { try write(element, &bytes) } else { bytes += "NULL".utf8 }
    }
    bytes.append(UInt8(ascii: "}"))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes an array's element. Always in quotes, so that `NULL`, commas, braces and the empty text need no care.
  private static func quote(_ text: String, _ bytes: inout [UInt8]) throws {
    bytes.append(UInt8(ascii: "\""))
    for byte in try checked(text).utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text = Array("\\x".utf8)
    text.reserveCapacity(2 + 2 * bytes.count)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
