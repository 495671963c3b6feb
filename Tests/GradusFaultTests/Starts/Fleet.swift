import Foundation
import ProgramTestSupport
import Testing

/// Processes of `gradus serve` on one database.
struct Fleet {
  private let shop: Shop
  private(set) var programs: [RunningProgram] = []

  init(_ shop: Shop) { self.shop = shop }

  mutating func start(_ arguments: [String]) throws {
    programs.append(try shop.start(["serve", "--listen", "127.0.0.1:0"] + arguments))
  }

  static func serves(_ program: RunningProgram) -> Bool {
    program.messages.split(separator: "\n").contains { $0.hasSuffix(" serving") }
  }

  func waitUntilAllServe() async throws {
    let serving = try await waitUntilEachServesOrEnds()
    for program in programs where !serving.contains(where: { $0 === program }) {
      let result = try await program.result()
      Issue.record("one ended: \(result)")
    }
  }

  /// - Returns: those that serve.
  func waitUntilEachServesOrEnds() async throws -> [RunningProgram] {
    let deadline = ContinuousClock.now + .seconds(110)
    while let program = programs.first(where: { $0.isRunning && !Self.serves($0) }) {
      guard ContinuousClock.now < deadline else {
        throw ProgramFailure(message: "one neither serves nor ends:\n\(program.messages)")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    return programs.filter { $0.isRunning }
  }

  /// Ends all of them in order.
  func stop() async throws {
    for program in programs { program.send(SIGTERM) }
    for program in programs {
      let result = try await program.result()
      #expect(result.code == 0, "\(result)")
      #expect(!result.messages.contains("error"), "\(result)")
    }
  }
}
