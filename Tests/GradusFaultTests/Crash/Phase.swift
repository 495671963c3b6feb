import ProgramTestSupport

/// A command of a life that is lived in processes, and what an undisturbed one took.
struct Phase {
  let name: String
  let start: () throws -> RunningProgram
  /// Done at the same time, once, however often the command is killed.
  let beside: (@Sendable () async throws -> Void)?
  /// From the start of the process to its end.
  private(set) var duration = Duration.zero
  /// On standard output, a line an event.
  private(set) var lines = 0

  init(
    _ name: String, start: @escaping () throws -> RunningProgram,
    beside: (@Sendable () async throws -> Void)? = nil
  ) {
    self.name = name
    self.start = start
    self.beside = beside
  }

  /// Runs it to its end.
  mutating func measure() async throws {
    let begin = ContinuousClock.now
    let result = try await start().result()
    (duration, lines) = (.now - begin, result.output.split(separator: "\n").count)
    guard result.code == 0 else { throw ProgramFailure(message: "\(name): \(result)") }
    try await beside?()
  }

  /// As this one, of another database.
  func like(_ measured: Phase) -> Phase {
    var phase = self
    (phase.duration, phase.lines) = (measured.duration, measured.lines)
    return phase
  }
}
