package import Foundation
import Gradus

/// What has changed in a schema's folder since a commit, by git.
package struct GitChanges: Sendable {
  /// The schema's folder.
  let root: URL
  private let base: String

  /// - Parameters:
  ///   - root: the schema's folder.
  ///   - base: a branch, tag or commit.
  package init(root: URL, base: String) {
    self.root = root
    self.base = base
  }

  /// What has changed since the work on it began: since the last commit that it and another branch have in common.
  ///
  /// - Throws: `GradusError` where git fails, or there is no such commit.
  package static func sinceFork(from branch: String, root: URL) throws -> GitChanges {
    // Tells one that does not exist from one that has nothing in common.
    _ = try GitCommand.run(["cat-file", "-e", "\(branch)^{commit}"], in: root)
    guard let answer = try? GitCommand.run(["merge-base", "--", branch, "HEAD"], in: root) else {
      throw GradusError(
        .invalidTree, "'\(branch)' and HEAD have no commit in common",
        hint:
          "fetch the whole history, as in a shallow clone (fetch-depth: 0), or give a branch that HEAD comes from"
      )
    }
    return GitChanges(root: root, base: String(answer.prefix { !$0.isNewline }))
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
