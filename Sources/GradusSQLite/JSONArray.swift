import Foundation

/// Array parameters for SQLite, which takes them as JSON (`json_each($1)`).
enum JSONArray {
  static func encode(_ integers: [(some BinaryInteger)?]) -> String {
    "[" + integers.map { $0.map { String($0) } ?? "null" }.joined(separator: ",") + "]"
  }

  static func encode(_ texts: [String?]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // An array of optional strings can always be encoded.
    return String(decoding: (try? encoder.encode(texts)) ?? Data(), as: UTF8.self)
  }
}
