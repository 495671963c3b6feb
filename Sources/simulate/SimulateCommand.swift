import ArgumentParser
import Foundation
import GradusSQL
import GradusSimulation
import GradusTestSupport
import HomeserverSimulation

/// Plays random histories of the worked example.
@main struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Play random histories of the homeserver example and check its promises.",
    discussion: """
      Processes of versions 85 to 88 start, stop, die at any statement, write and run batches, on a database of the \
      test server or in a temporary file. After every step the derived rows are compared with what a calculation from \
      scratch gives. A history that breaks a promise is shrunk and shown with its seed, and the exit code is 1.
      """)

  @Option(help: "How many histories.") var histories = 1_000
  @Option(help: "The seed of the first history; the others' follow it. A random one by default.") var seed:
    UInt64?
  @Option(help: "How many histories are played at the same time.") var parallel = 2
  @Option(help: "sqlite or postgres (needs GRADUS_TEST_POSTGRES, as tools/simulate sets it).") var engine =
    "sqlite"
  @Flag(help: "Play the one history of the seed, and do not shrink it.") var replay = false
  @Flag(help: "Without guards: versions do not run side by side.") var unguarded = false
  @Option(help: "Build in a defect: a part of its name.") var mutant: String?

  func validate() throws {
    guard histories > 0, parallel > 0 else {
      throw ValidationError("--histories and --parallel must be above 0")
    }
    guard let engine = Engine(rawValue: engine), TestDatabase.availableEngines.contains(engine) else {
      throw ValidationError("--engine must be sqlite, or postgres where GRADUS_TEST_POSTGRES names a server")
    }
    if replay && seed == nil { throw ValidationError("--replay needs --seed") }
    if let mutant, !Mutant.all.contains(where: { $0.name.contains(mutant) }) {
      throw ValidationError(
        "no defect is named so; there are:\n" + Mutant.all.map { "  \($0.name)" }.joined(separator: "\n"))
    }
  }

  func run() async throws {
    let defect = mutant.flatMap { name in Mutant.all.first { $0.name.contains(name) } }
    let blueprint = try await HomeserverWorld.Blueprint(
      Engine(rawValue: engine)!, isGuarded: !unguarded, mutant: defect)
    let simulation = Simulation {
      try await HomeserverWorld(blueprint)
    } history: {
      HomeserverHistory.make(&$0)
    }
    let seed = seed ?? UInt64.random(in: 0..<1_000_000_000)
    print("histories from seed \(seed) on \(engine)\(defect.map { ", in which \($0)" } ?? "")")
    let start = ContinuousClock.now
    let failure =
      replay
      ? try await simulation.replay(seed)
      : try await simulation.run(histories: histories, seed: seed, parallel: parallel) { count in
        if count % 100 == 0 { FileHandle.standardError.write(Data("\(count) played\n".utf8)) }
      }
    await blueprint.remove()
    if let failure {
      print(failure)
      throw ExitCode(1)
    }
    print("all promises held, in \(ContinuousClock.now - start)")
  }
}
