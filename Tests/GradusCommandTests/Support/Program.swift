import Foundation
import GradusTestSupport

/// A program of this package, run as a user runs it.
struct Program {
  static let gradus = Program(name: "gradus")
  static let homeserver = Program(name: "homeserver")

  private let name: String

  struct Result {
    var status: Int32
    var output: String
    var messages: String
    /// The output, a JSON object a line.
    var json: [[String: Any]] {
      get throws {
        try output.split(separator: "\n").map {
          try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
        }
      }
    }
  }

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - arguments: the arguments.
  ///   - folder: the working folder.
  ///   - environment: added to this process's, less what tells a program its database.
  ///   - killAfter: after how long to end it by `signal`; nil to let it run.
  ///   - killAtOutput: the output at which to end it by `signal`; nil to let it run.
  ///   - signal: how to end it.
  ///   - withoutRootsRights: run it as a user whom a file's rights stop.
  /// - Returns: what came of it; the status of one that a signal ended is below 0.
  func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:],
    killAfter: Duration? = nil,
    killAtOutput: String? = nil,
    signal: Int32 = SIGKILL, withoutRootsRights: Bool = false
  ) async throws -> Result {
    let process = Process()
    // The programs lie beside the tests.
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: name)
    if withoutRootsRights, geteuid() == 0 {
      process.executableURL = URL(filePath: "/usr/sbin/runuser")
      process.arguments = ["-u", "nobody", "--", program.path] + arguments
    } else {
      process.executableURL = program
      process.arguments = arguments
    }
    if let folder { process.currentDirectoryURL = folder }
    process.environment = ProcessInfo.processInfo.environment
      .filter { !["DATABASE_URL", "GRADUS_SCHEMA_ROOT"].contains($0.key) }.merging(environment) { $1 }
    // Files, as a full pipe would stop the program.
    let files = (0..<2).map { _ in FileManager.default.temporaryDirectory.appending(path: UUID().uuidString) }
    for file in files { try Data().write(to: file) }
    defer { for file in files { try? FileManager.default.removeItem(at: file) } }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    let identifier = process.processIdentifier
    func hasReached(_ text: String) -> Bool {
      (try? String(contentsOf: files[0], encoding: .utf8))?.contains(text) ?? false
    }
    let deadline = ContinuousClock.now + (killAfter ?? .seconds(120))
    while process.isRunning, ContinuousClock.now < deadline, !(killAtOutput.map(hasReached) ?? false) {
      try await Task.sleep(for: .milliseconds(2))
    }
    if process.isRunning { kill(identifier, killAfter == nil && killAtOutput == nil ? SIGKILL : signal) }
    while process.isRunning { try await Task.sleep(for: .milliseconds(2)) }
    return Result(
      status: process.terminationReason == .uncaughtSignal
        ? -process.terminationStatus : process.terminationStatus,
      output: try String(contentsOf: files[0], encoding: .utf8),
      messages: try String(contentsOf: files[1], encoding: .utf8))
  }
}

extension TestDatabase {
  /// What a user would write after `--database`.
  var address: String {
    switch location {
    case .sqlite(let path): path
    case .postgres(let address): address
    }
  }
}
