/// A port that was not done, and all reasons.
package struct PortRefused: Error, Sendable, CustomStringConvertible {
  package var reasons: [String]
  package var hint: String?

  package init(_ reasons: [String], hint: String? = nil) {
    self.reasons = reasons
    self.hint = hint
  }

  package var description: String {
    let list = reasons.count == 1 ? reasons[0] : "\n  - " + reasons.joined(separator: "\n  - ")
    return "cannot port: \(list)" + (hint.map { "\n  hint: \($0)" } ?? "")
  }
}
