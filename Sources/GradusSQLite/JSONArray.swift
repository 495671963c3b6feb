import Foundation
import GradusSQL

/// Array parameters for SQLite, which takes them as JSON (`json_each($1)`).
enum JSONArray {
  static func encode(_ integers: [(some BinaryInteger)?]) -> String {
    "[" + integers.map { $0.map { String($0) } ?? "null" }.joined(separator: ",") + "]"
  }

  /// - Throws: `SQLError` with code `unexpectedValue` where a text holds U+0000, at which SQLite would end it.
  static func encode(_ texts: [String?]) throws -> String {
    guard !texts.contains(where: { $0?.utf8.contains(0) ?? false }) else {
      throw SQLError(
        .unexpectedValue, "an array of texts holds the character U+0000, at which SQLite would end the text",
        hint: "remove the character, or bind the texts one by one")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // An array of optional strings can always be encoded.
    return String(decoding: (try? encoder.encode(texts)) ?? Data(), as: UTF8.self)
  }
}
