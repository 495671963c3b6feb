package import GradusTestSupport

/// Histories of a homeserver: upgrades, rollbacks, crashes and writes in any order.
package enum HomeserverHistory {
  /// The versions whose processes there are: N-1 to N+2.
  static let versions = 85...88
  private static let processes = 3

  /// A history.
  ///
  /// - Parameters:
  ///   - generator: decides everything.
  ///   - length: how many steps at most.
  package static func make(_ generator: inout SeededGenerator, length: Int = 16) -> [HomeserverStep] {
    let count = Int.random(in: 6...max(6, length), using: &generator)
    var steps: [HomeserverStep] = []
    while steps.count < count {
      let process = Int.random(in: 0..<processes, using: &generator)
      switch Int.random(in: 0..<100, using: &generator) {
      case ..<28:
        // Mostly the versions between which a gradual migration goes back and forth.
        let version = [85, 86, 86, 86, 87, 87, 87, 87, 87, 88].randomElement(using: &generator)!
        steps.append(.start(process: process, version: version, crash: crash(60, &generator)))
      case ..<34: steps.append(.stop(process: process))
      case ..<44:
        // Back for a while, and forth again.
        steps.append(.start(process: process, version: 86, crash: nil))
        steps += writes(process, &generator)
        steps.append(.start(process: process, version: 87, crash: crash(60, &generator)))
      case ..<80: steps += writes(process, &generator)
      default:
        steps.append(
          .batches(
            process: process, count: .random(in: 1...4, using: &generator),
            size: [1, 2, 5, 50].randomElement(using: &generator)!, crash: crash(40, &generator)))
      }
    }
    return steps
  }

  private static func writes(_ process: Int, _ generator: inout SeededGenerator) -> [HomeserverStep] {
    (0...Int.random(in: 0..<3, using: &generator)).map { _ in
      .write(
        process: process, seed: .random(in: 0..<1_000_000, using: &generator), crash: crash(25, &generator))
    }
  }

  /// One step in five is not got through.
  private static func crash(_ statements: Int, _ generator: inout SeededGenerator) -> Int? {
    Int.random(in: 0..<5, using: &generator) == 0 ? .random(in: 1...statements, using: &generator) : nil
  }
}
