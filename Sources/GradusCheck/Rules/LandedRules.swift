import Foundation
package import Gradus

/// Finds deltas that have landed and are not what they were.
package struct LandedRules {
  private let tree: SchemaTree
  private let git: GitChanges

  package init(tree: SchemaTree, git: GitChanges) {
    self.tree = tree
    self.git = git
  }

  /// The findings: white space and comments may change, SQL may not.
  ///
  /// - Parameters:
  ///   - changed: what git says has changed.
  ///   - isDelta: whether a path is that of a delta.
  ///   - isSquashed: whether it is that of a delta which a full schema has made superfluous.
  /// - Throws: `GradusError` where git fails.
  package func findings(
    _ changed: [String: Character], isDelta: (String) -> Bool,
    isSquashed: (String) -> Bool = { _ in false }
  ) throws -> [Finding] {
    guard let rule = Rule.find("D02") else { return [] }
    let files = Dictionary(
      tree.deltas.values.joined().map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    return try changed.sorted { $0.key < $1.key }.compactMap { path, status in
      guard isDelta(path) else { return nil }
      switch status {
      case "D" where isSquashed(path): return nil
      case "D": return Finding(rule, "the delta is gone", file: path)
      case "A": return nil
      default:
        guard let file = files[path] else { return nil }
        let isSame = try Checksum.of(git.text(of: path)) == Checksum.of(file.text())
        return isSame ? nil : Finding(rule, "the delta is not what it was", file: path)
      }
    }
  }
}
