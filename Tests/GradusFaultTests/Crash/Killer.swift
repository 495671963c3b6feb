import Foundation
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Kills processes at random moments, without warning, and counts those that it hit.
struct Killer {
  private(set) var random = SeededGenerator()
  /// By phase.
  private(set) var kills: [String: Int] = [:]

  var count: Int { kills.values.reduce(0, +) }
  var seed: UInt64 { random.seed }

  /// Runs a phase to its end, and kills it as often as said before.
  mutating func run(_ phase: Phase, kills limit: Int) async throws {
    let work = phase.beside
    async let beside: Void? = work?()
    for kill in 0...limit {
      let program = try phase.start()
      if kill < limit { try await waitForMoment(program, phase) }
      if kill < limit { program.send(SIGKILL) }
      let result = try await program.result()
      if let code = result.code {
        #expect(code == 0, "seed \(seed), \(phase.name) after \(count) kills: \(result)")
        break
      }
      // It may have crashed by itself before: that is no kill.
      #expect(result.signal == SIGKILL, "seed \(seed), \(phase.name) after \(count) kills: \(result)")
      kills[phase.name, default: 0] += 1
    }
    try await beside
  }

  /// At a time before that at which an undisturbed one ended, or after any line that it wrote but the last.
  private mutating func waitForMoment(_ program: RunningProgram, _ phase: Phase) async throws {
    if Bool.random(using: &random), phase.lines > 0 {
      let line = Int.random(in: 0..<phase.lines, using: &random)
      while program.isRunning, program.output.count(where: \.isNewline) < line {
        try await Task.sleep(for: .milliseconds(2))
      }
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...10, using: &random)))
    } else {
      let part = Double.random(in: 0...0.8, using: &random)
      let end = ContinuousClock.now + phase.duration * part
      while program.isRunning, .now < end { try await Task.sleep(for: .milliseconds(1)) }
    }
  }

  /// How often a phase is to be killed.
  mutating func draw() -> Int { Int.random(in: 4...8, using: &random) }

  /// For the log: what was tried.
  func summary(_ what: String, lives: Int) -> String {
    let phases = kills.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return "crash-test: \(what): \(count) kills in \(lives) lives (\(phases)), seed \(seed)"
  }
}
