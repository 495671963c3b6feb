import Foundation
import GradusSQL
import GradusSimulation
import GradusTestSupport
import HomeserverSimulation
import Testing

/// Random histories of the worked example.
@Suite struct HomeserverSimulationTests {
  private static func histories(_ engine: Engine) -> Int { engine == .sqlite ? 1_000 : 100 }

  @Test(arguments: TestDatabase.availableEngines, [true, false])
  func everyHistoryKeepsThePromise(engine: Engine, isGuarded: Bool) async throws {
    let blueprint = try await HomeserverWorld.Blueprint(engine, isGuarded: isGuarded)
    let simulation = Simulation {
      try await HomeserverWorld(blueprint)
    } history: {
      HomeserverHistory.make(&$0)
    }
    let seed = SeededGenerator().seed
    do {
      let failure = try await simulation.run(histories: Self.histories(engine), seed: seed)
      #expect(failure == nil, "\(failure!)")
    } catch {
      // What a history breaks that is no promise names no seed.
      Issue.record("histories from seed \(seed): \(error)")
    }
    await blueprint.remove()
  }
}
