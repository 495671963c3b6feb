package import Foundation
import Gradus

/// What has changed in a schema's folder since a commit, by git.
package struct GitChanges: Sendable {
  private let root: URL
  private let base: String

  /// - Parameters:
  ///   - root: the schema's folder.
  ///   - base: a branch, tag or commit.
  package init(root: URL, base: String) {
    self.root = root
    self.base = base
  }

  /// The files below the folder that were added, edited or deleted, each with git's letter for that (`A`, `M`, `D`); by
  /// their paths below it. Files that git does not know yet count as added.
  ///
  /// - Throws: `GradusError` where git fails.
  package func files() throws -> [String: Character] {
    var files: [String: Character] = [:]
    let changed = try git(["diff", "--name-status", "--no-renames", "-z", "--relative", base, "--", "."])
    let parts = changed.split(separator: "\0").map(String.init)
    for index in stride(from: 0, to: parts.count - 1, by: 2) {
      files[parts[index + 1]] = parts[index].first ?? "M"
    }
    for path in try git(["ls-files", "--others", "--exclude-standard", "-z", "--", "."]).split(
      separator: "\0")
    {
      files[String(path)] = "A"
    }
    return files
  }

  /// A file as it was.
  ///
  /// - Throws: `GradusError` where git fails.
  package func text(of path: String) throws -> String { try git(["show", "\(base):./\(path)"]) }

  /// A file as it was; nil where the commit or the file in it is not there.
  package func textIfPresent(of path: String) throws -> String? {
    guard (try? git(["cat-file", "-e", "\(base):./\(path)"])) != nil else { return nil }
    return try text(of: path)
  }

  /// The path of a folder below the top of its checkout, with a slash at its end; empty at the top, and where it is in no
  /// checkout.
  package static func prefix(of folder: URL) -> String {
    let answer = try? GitCommand.run(["rev-parse", "--show-prefix"], in: folder)
    return String(answer?.prefix { !$0.isNewline } ?? "")
  }

  private func git(_ arguments: [String]) throws -> String { try GitCommand.run(arguments, in: root) }
}
