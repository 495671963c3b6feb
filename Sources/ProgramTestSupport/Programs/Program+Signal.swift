extension Program {
  /// Runs the program to its end, or sends it a signal as soon as a condition holds, which is asked for every few
  /// milliseconds.
  package func run(
    _ arguments: [String], environment: [String: String] = [:], signal: Int32,
    when isTime: () async throws -> Bool
  ) async throws -> ProgramResult {
    let program = try start(arguments, environment: environment)
    while program.isRunning {
      if try await isTime() {
        program.send(signal)
        break
      }
      try await Task.sleep(for: .milliseconds(3))
    }
    return try await program.result()
  }
}
