import Foundation
package import GradusTestSupport

/// A program that serves, and the way to its admin API.
package struct Served {
  package let program: RunningProgram
  package let client: RawHTTP

  /// Starts `serve` on a free port, and waits until it listens.
  package static func start(
    _ program: Program = .gradus, _ arguments: [String], environment: [String: String] = [:]
  ) async throws -> Served {
    var variables = ["GRADUS_ADMIN_TOKEN": "", "GRADUS_READ_TOKEN": ""]
    variables.merge(environment) { $1 }
    let running = try program.start(
      ["serve", "--listen", "127.0.0.1:0"] + arguments, environment: variables)
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      if let match = running.messages.firstMatch(of: /address=127\.0\.0\.1:(\d+)/), let port = UInt16(match.1)
      {
        return Served(program: running, client: RawHTTP(.port(port)))
      }
      guard running.isRunning, ContinuousClock.now < deadline else {
        throw ProgramFailure(message: "does not listen: \(running.messages)")
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  package func get(_ path: String) async throws -> RawHTTP.Response { try await client.send("GET", path) }

  /// Asks until the answer is as it should be.
  @discardableResult
  package func get(_ path: String, until isRight: (RawHTTP.Response) throws -> Bool) async throws
    -> RawHTTP.Response
  {
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      let response = try await get(path)
      if try isRight(response) { return response }
      guard ContinuousClock.now < deadline else {
        throw ProgramFailure(message: "\(path) stays \(response)\n\(program.messages)")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Ends it as a service manager does.
  package func stop(_ signal: Int32 = SIGTERM) async throws -> ProgramResult {
    program.send(signal)
    return try await program.result()
  }
}
