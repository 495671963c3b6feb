import Foundation

/// Base64 without the `=` at its end.
enum UnpaddedBase64 {
  static func encode(_ bytes: some DataProtocol) -> String {
    let text = Data(bytes).base64EncodedString()
    return String(text.utf8.prefix { $0 != UInt8(ascii: "=") }) ?? text
  }

  /// - Parameter text: with or without padding.
  /// - Returns: nil where it is no base64.
  static func decode(_ text: some StringProtocol) -> Data? {
    let digits = text.prefix { $0 != "=" }
    guard text.dropFirst(digits.count).allSatisfy({ $0 == "=" }) else { return nil }
    return Data(base64Encoded: digits + String(repeating: "=", count: (4 - digits.utf8.count % 4) % 4))
  }
}
