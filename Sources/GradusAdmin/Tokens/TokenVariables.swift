import Gradus

/// Tokens from the environment: `GRADUS_ADMIN_TOKEN` and `GRADUS_READ_TOKEN`.
package enum TokenVariables {
  private static let names: [(TokenScope, String)] = [
    (.admin, "GRADUS_ADMIN_TOKEN"), (.read, "GRADUS_READ_TOKEN"),
  ]
  /// A shorter one can be guessed.
  private static let shortest = 16

  /// - Throws: `GradusError` for a weak token.
  package static func tokens(_ environment: [String: String]) throws -> [AdminToken] {
    try names.compactMap { scope, name in
      guard let token = environment[name], !token.isEmpty else { return nil }
      let hint = "'token new' makes one of 256 random bits"
      guard token.utf8.count >= shortest else {
        throw GradusError(
          .invalidFile, "\(name) is too short to be a token: at least \(shortest) bytes", hint: hint)
      }
      // Nothing else can stand in a header.
      guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw GradusError(.invalidFile, "\(name) must hold visible ASCII characters only", hint: hint)
      }
      return AdminToken(scope: scope, hash: AdminToken.hash(of: token), label: name)
    }
  }
}
