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

  private func git(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    process.currentDirectoryURL = root
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    do { try process.run() } catch {
      throw GradusError(
        .invalidTree, "git cannot be run: \(error.localizedDescription)", hint: "leave --base out")
    }
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let problem = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let line = String(decoding: problem, as: UTF8.self).split(separator: "\n").first ?? ""
      throw GradusError(
        .invalidTree, "git \(arguments[0]) failed: \(line)",
        hint: "--base takes a branch, tag or commit of the repository that holds \(root.path)")
    }
    return String(decoding: text, as: UTF8.self)
  }
}
