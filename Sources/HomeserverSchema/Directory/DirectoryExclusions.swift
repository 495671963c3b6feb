import Foundation
import GradusJSON

/// Local users that the directory leaves out because they are an application service's.
public struct DirectoryExclusions: Sendable {
  /// The ids of the users that the services send as, by their code points: Swift takes other ids for equal, too.
  private let senders: Set<JSONText>
  private let patterns: [NSRegularExpression]

  /// Whether nobody is left out.
  public var isEmpty: Bool { senders.isEmpty && patterns.isEmpty }

  /// Leaves nobody out.
  public init() {
    senders = []
    patterns = []
  }

  /// - Parameters:
  ///   - senders: the ids of the users that the services send as.
  ///   - patterns: regular expressions of the exclusive namespaces, each of which a user's id is to begin with.
  /// - Throws: `HomeserverError` where one is no regular expression.
  public init(senders: [String], patterns: [String]) throws {
    self.senders = Set(senders.map { JSONText($0) })
    self.patterns = try patterns.map { pattern in
      do {
        // The one spelling of Python's, in which registrations are written, that ICU does not know.
        return try NSRegularExpression(pattern: pattern.replacing("(?P<", with: "(?<"))
      } catch {
        throw HomeserverError(.notConfigured, "no regular expression of users: \(pattern)")
      }
    }
  }

  /// Whether a local user is left out.
  public func contains(_ userID: String) -> Bool {
    if !senders.isEmpty, senders.contains(JSONText(userID)) { return true }
    guard !patterns.isEmpty else { return false }
    let whole = NSRange(location: 0, length: userID.utf16.count)
    return patterns.contains { $0.firstMatch(in: userID, options: .anchored, range: whole) != nil }
  }
}
