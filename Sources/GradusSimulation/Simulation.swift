public import GradusTestSupport

/// Plays random histories, and finds a short one that breaks a promise.
public struct Simulation<World: SimulatedWorld>: Sendable {
  private let makeWorld: @Sendable () async throws -> World
  private let history: @Sendable (inout SeededGenerator) -> [World.Step]

  /// - Parameters:
  ///   - makeWorld: makes a world at its beginning; always the same one.
  ///   - history: the steps of a history, decided by the generator alone.
  public init(
    makeWorld: @escaping @Sendable () async throws -> World,
    history: @escaping @Sendable (inout SeededGenerator) -> [World.Step]
  ) {
    self.makeWorld = makeWorld
    self.history = history
  }

  /// A history that breaks a promise.
  public struct Failure: Sendable, CustomStringConvertible {
    /// The seed of the history; the same seed gives the same history.
    public var seed: UInt64
    /// The steps that are needed, in order.
    public var steps: [World.Step]
    /// What was found after them.
    public var finding: String

    /// The seed, the steps and what was found.
    public var description: String {
      let list = steps.enumerated().map { "  \($0 + 1). \($1)" }.joined(separator: "\n")
      return "seed \(seed) breaks a promise:\n\(list)\n  found: \(finding)"
    }
  }

  /// Plays histories until one fails.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - seed: that of the first; those of the others follow it.
  ///   - parallel: how many at the same time.
  ///   - progress: told how many have been played.
  /// - Returns: the failure, shrunk; nil where all promises held.
  /// - Throws: what a world throws besides `BrokenPromise`.
  public func run(
    histories count: Int, seed: UInt64, parallel: Int = 2,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> Failure? {
    guard let failure = try await firstFailure(count, seed, parallel, progress) else { return nil }
    return try await shrink(failure)
  }

  /// Plays the history of one seed.
  ///
  /// - Parameter seed: the history's.
  /// - Returns: the failure as it is, not shrunk; nil where all promises held.
  /// - Throws: what a world throws besides `BrokenPromise`.
  public func replay(_ seed: UInt64) async throws -> Failure? {
    let steps = steps(seed)
    return try await play(steps).map { Failure(seed: seed, steps: steps, finding: $0) }
  }

  private func steps(_ seed: UInt64) -> [World.Step] {
    var generator = SeededGenerator(seed: seed)
    return history(&generator)
  }

  private func firstFailure(
    _ count: Int, _ seed: UInt64, _ parallel: Int, _ progress: @escaping @Sendable (Int) -> Void
  ) async throws -> Failure? {
    let tally = Tally(count: count)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<max(1, parallel) {
        group.addTask {
          while let number = tally.next() {
            let seed = seed &+ UInt64(number)
            let finding = try await play(steps(seed))
            progress(tally.record(seed, finding: finding))
          }
        }
      }
      try await group.waitForAll()
    }
    return tally.firstFailure.map { Failure(seed: $0.seed, steps: steps($0.seed), finding: $0.finding) }
  }

  /// - Returns: what was found; nil where all promises held.
  private func play(_ steps: [World.Step]) async throws -> String? {
    let world = try await makeWorld()
    let result: Result<String?, any Error>
    do {
      for step in steps { try await world.play(step) }
      try await world.finish()
      result = .success(nil)
    } catch let broken as BrokenPromise {
      result = .success(broken.description)
    } catch {
      result = .failure(error)
    }
    await world.remove()
    return try result.get()
  }

  /// Leaves out what is not needed: half of the steps, then smaller parts of them, down to single ones, as long as what
  /// is left still breaks a promise. What does not fail again, as it depends on timing, is told as it was found.
  private func shrink(_ failure: Failure) async throws -> Failure {
    var steps = failure.steps
    guard var finding = try await play(steps) else {
      var failure = failure
      failure.finding += " (played again, it did not fail)"
      return failure
    }
    var size = steps.count / 2
    while size >= 1 {
      var start = 0
      while start < steps.count {
        let without = Array(steps[..<start] + steps[min(start + size, steps.count)...])
        if let found = try await play(without) {
          (steps, finding) = (without, found)
        } else {
          start += size
        }
      }
      size /= 2
    }
    return Failure(seed: failure.seed, steps: steps, finding: finding)
  }
}
