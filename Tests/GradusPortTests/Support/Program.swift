import Foundation
import GradusTestSupport

/// One of the package's programs as a process of its own.
struct Program: Sendable {
  let executable: URL

  static let gradus = Program(names: ["gradus", "gradus-cli"])
  static let homeserver = Program(names: ["homeserver"])

  private init(names: [String]) { executable = BuiltProgram.executable(names) }

  struct Result: CustomStringConvertible {
    /// Nil where a signal ended it.
    var code: Int32?
    var output: String
    var messages: String
    var description: String { "exit code \(code.map(String.init) ?? "none")\n\(output)\n\(messages)" }
  }

  /// Runs it to its end, or sends it a signal as soon as `killWhen` is true, asked every few milliseconds.
  func run(_ arguments: [String], signal: Int32 = SIGKILL, killWhen: (() async throws -> Bool)? = nil)
    async throws -> Result
  {
    let folder = FileManager.default.temporaryDirectory
    let (output, messages) = (
      folder.appending(path: UUID().uuidString), folder.appending(path: UUID().uuidString)
    )
    for file in [output, messages] { try Data().write(to: file) }
    defer { for file in [output, messages] { try? FileManager.default.removeItem(at: file) } }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment["HOMESERVER_SERVER_NAME"] = "hs.test"
    environment["DATABASE_URL"] = nil
    environment["GRADUS_SCHEMA_ROOT"] = nil
    process.environment = environment
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: messages)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    var isKilled = false
    while process.isRunning {
      if !isKilled, try await killWhen?() == true {
        kill(process.processIdentifier, signal)
        isKilled = true
      }
      try await Task.sleep(for: .milliseconds(3))
    }
    return Result(
      code: process.terminationReason == .exit ? process.terminationStatus : nil,
      output: try String(contentsOf: output, encoding: .utf8),
      messages: try String(contentsOf: messages, encoding: .utf8))
  }
}
