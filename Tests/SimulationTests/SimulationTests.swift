import GradusSimulation
import Synchronization
import Testing

@Suite struct SimulationTests {
  /// Breaks its promise the first time that it is played, as what depends on timing may.
  private struct OnceOnly: SimulatedWorld {
    let plays: Plays

    final class Plays: Sendable {
      private let count = Mutex(0)
      func next() -> Int {
        count.withLock {
          $0 += 1
          return $0
        }
      }
    }

    func play(_ step: String) async throws {}
    func finish() async throws {
      if plays.next() == 1 { throw BrokenPromise("too late") }
    }
    func remove() async {}
  }

  @Test func whatDoesNotFailAgainIsToldAllTheSame() async throws {
    let plays = OnceOnly.Plays()
    let failure = try await Simulation {
      OnceOnly(plays: plays)
    } history: { _ in
      ["a", "b"]
    }.run(histories: 3, seed: 7, parallel: 1)
    #expect(failure?.seed == 7)
    #expect(failure?.steps == ["a", "b"])
    #expect(failure?.finding.contains("too late") == true)
  }
}
