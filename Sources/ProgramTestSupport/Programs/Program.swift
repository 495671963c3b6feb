package import Foundation
import GradusTestSupport

/// One of the package's programs, as an operator runs it: a process of its own.
package struct Program: Sendable {
  package let executable: URL

  package static let gradus = Program(names: ["gradus", "gradus-cli"])
  package static let homeserver = Program(names: ["homeserver"])
  package static let examplePlain = Program(names: ["example-plain"])
  package static let exampleHummingbird = Program(names: ["example-hummingbird"])

  private init(names: [String]) { executable = BuiltProgram.executable(names) }

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - arguments: its arguments.
  ///   - environment: added to this process's own, of which nothing names a database, a server or a schema.
  ///   - folder: the working folder.
  ///   - user: whom to run it as; only for root.
  ///   - timeLimit: after which it is killed, which fails its result.
  ///   - input: its standard input; nil for none.
  package func start(
    _ arguments: [String], environment: [String: String] = [:], folder: URL? = nil, as user: String? = nil,
    timeLimit: Duration = .seconds(120), input: sending FileHandle? = nil
  ) throws -> RunningProgram {
    var variables = ProcessInfo.processInfo.environment
    variables["DATABASE_URL"] = nil
    variables["GRADUS_SCHEMA_ROOT"] = nil
    variables["GRADUS_SCRATCH"] = nil
    variables["HOMESERVER_SERVER_NAME"] = variables["HOMESERVER_SERVER_NAME"] ?? "hs.test"
    variables.merge(environment) { $1 }
    let process = Process()
    process.executableURL = user == nil ? executable : URL(filePath: "/usr/sbin/runuser")
    process.arguments = (user.map { ["-u", $0, "--", executable.path] } ?? []) + arguments
    process.environment = variables
    process.currentDirectoryURL = folder ?? FileManager.default.temporaryDirectory
    return try RunningProgram(process, timeLimit: timeLimit, input: input)
  }

  /// Runs the program to its end.
  @discardableResult
  package func run(
    _ arguments: [String], environment: [String: String] = [:], folder: URL? = nil, as user: String? = nil
  ) async throws -> ProgramResult {
    try await start(arguments, environment: environment, folder: folder, as: user).result()
  }
}

/// What a program came to.
package struct ProgramResult: Sendable, CustomStringConvertible {
  /// The exit code; nil where a signal ended it.
  package var code: Int32?
  /// The signal that ended it, if one did.
  package var signal: Int32?
  /// What it wrote to standard output.
  package var output: String
  /// What it wrote to standard error.
  package var messages: String

  /// For the message of a test that fails.
  package var description: String {
    let end = signal.map { "signal \($0)" } ?? "exit code \(code.map(String.init) ?? "none")"
    return "\(end)\n\(output)\n\(messages)"
  }

  /// The lines of standard output, each a JSON object.
  package func objects() throws -> [[String: Any]] {
    try output.split(separator: "\n").map(Self.parsed)
  }

  /// The errors that a command with `--format json` has told: the last lines of standard error, each a JSON object.
  package func errors() throws -> [[String: Any]] {
    try messages.split(separator: "\n").drop { !$0.hasPrefix("{") }.map { line in
      guard let error = try Self.parsed(line)["error"] as? [String: Any] else {
        throw ProgramFailure(message: "not an error: \(line)")
      }
      return error
    }
  }

  private static func parsed(_ line: Substring) throws -> [String: Any] {
    guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
      throw ProgramFailure(message: "not a JSON object: \(line)")
    }
    return object
  }

  /// Standard output as the one JSON object that it must be.
  package func object() throws -> [String: Any] {
    let objects = try objects()
    guard objects.count == 1 else { throw ProgramFailure(message: "not one JSON object: \(self)") }
    return objects[0]
  }
}

package struct ProgramFailure: Error {
  package var message: String

  package init(message: String) { self.message = message }
}
