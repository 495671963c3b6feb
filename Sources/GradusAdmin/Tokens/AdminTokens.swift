/// The tokens that are good.
package struct AdminTokens: Sendable {
  package private(set) var entries: [AdminToken]

  package init(_ entries: [AdminToken] = []) { self.entries = entries }

  package var isEmpty: Bool { entries.isEmpty }

  /// The entry of a token that was presented; nil where it is none of these.
  ///
  /// All entries are compared, each to its end: how long it takes says nothing of what they are.
  package func find(_ presented: String) -> AdminToken? {
    let hash = AdminToken.hash(of: presented)
    var found: Int?
    for (index, entry) in entries.enumerated() where Self.areEqual(hash, entry.hash) {
      found = found ?? index
    }
    return found.map { entries[$0] }
  }

  private static func areEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    guard first.count == second.count else { return false }
    return zip(first, second).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
