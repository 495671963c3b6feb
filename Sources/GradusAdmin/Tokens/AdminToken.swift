import Crypto

/// A token as the server knows it: by its hash. It is random enough that no slow hash is needed.
package struct AdminToken: Sendable, Hashable {
  package var scope: TokenScope
  /// SHA-256 of the token, 32 bytes.
  package var hash: [UInt8]
  /// Who has it, for the log.
  package var label: String

  package init(scope: TokenScope, hash: [UInt8], label: String) {
    self.scope = scope
    self.hash = hash
    self.label = label
  }

  package static func hash(of token: String) -> [UInt8] { Array(SHA256.hash(data: Array(token.utf8))) }

  /// The line of a token file.
  package var line: String {
    "\(scope.rawValue) sha256:\(hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()) \(label)"
  }
}
