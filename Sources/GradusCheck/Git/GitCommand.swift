import Foundation
import Gradus

/// Runs git.
enum GitCommand {
  /// A hook of a linked worktree or a submodule is told the repository; then git would take the folder for the top of the
  /// checkout, and find nothing that has changed.
  private static var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    guard environment["GIT_WORK_TREE"] == nil else { return environment }
    for name in ["GIT_DIR", "GIT_INDEX_FILE"] { environment[name] = nil }
    return environment
  }

  private static func hint(_ problem: String, _ folder: URL) -> String {
    // A folder of another user's, as in a container of CI: git has said itself what to run.
    let lines = problem.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    if let command = lines.first(where: { $0.hasPrefix("git config ") }) { return "run: \(command)" }
    return """
      --base takes a branch, tag or commit of the repository that holds \(folder.path); what the server alone has \
      is to be fetched before (in CI: fetch-depth: 0)
      """
  }

  /// What git writes to standard output.
  ///
  /// - Throws: `GradusError` where it cannot be run, or fails.
  static func run(_ arguments: [String], in folder: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    process.currentDirectoryURL = folder
    process.environment = environment
    // Into a file: of two pipes, one could be full while the other is read to its end.
    let problems = FileManager.default.temporaryDirectory.appending(path: "gradus-git-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: problems) }
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    do {
      try Data().write(to: problems)
      process.standardError = try FileHandle(forWritingTo: problems)
      try process.run()
    } catch {
      throw GradusError(
        .invalidTree, "git cannot be run: \(error.localizedDescription)", hint: "leave --base and --tags out")
    }
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let problem = (try? String(contentsOf: problems, encoding: .utf8)) ?? ""
      throw GradusError(
        .invalidTree, "git \(arguments[0]) failed: \(problem.split(separator: "\n").first ?? "")",
        hint: hint(problem, folder))
    }
    // As files are read: without a byte order mark, which is no part of a script.
    return String(data: text, encoding: .utf8) ?? String(decoding: text, as: UTF8.self)
  }
}
