import GradusSQL
import GradusSimulation
import GradusTestSupport
import HomeserverSimulation
import Testing

/// A simulation that finds nothing proves nothing: each of these defects must be found.
@Suite struct MutantTests {
  @Test(arguments: Mutant.all)
  func isFound(mutant: Mutant) async throws {
    let blueprint = try await HomeserverWorld.Blueprint(.sqlite, isGuarded: mutant.isOfGuards, mutant: mutant)
    let simulation = Simulation {
      try await HomeserverWorld(blueprint)
    } history: {
      HomeserverHistory.make(&$0)
    }
    // A fixed seed, so that it is found today as it was yesterday.
    let failure = try await simulation.run(histories: 1_500, seed: 1)
    await blueprint.remove()
    #expect(failure != nil, "\(mutant) was not found")
    if let failure { #expect(failure.steps.count < 12, "\(failure)") }
  }
}
