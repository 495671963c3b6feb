/// The token of an `Authorization` header.
package enum BearerHeader {
  /// Nil where there is none of the scheme `Bearer`.
  package static func token(_ header: String?) -> String? {
    guard let header else { return nil }
    let words = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
    let token = words[1].drop { $0 == " " }
    return token.isEmpty ? nil : String(token)
  }
}
