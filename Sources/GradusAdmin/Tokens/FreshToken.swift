/// A new token, which is shown once and stored nowhere.
package struct FreshToken {
  /// 256 random bits in hex digits, after a prefix that scanners for leaked secrets can look for.
  package let text: String
  /// What the server keeps.
  package let entry: AdminToken

  package init(scope: TokenScope, label: String) {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    text = "gradus_" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    entry = AdminToken(scope: scope, hash: AdminToken.hash(of: text), label: label)
  }
}
