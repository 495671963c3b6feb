import Foundation
import GradusTestSupport
import Testing

/// Random inputs for one target, which a seed repeats.
///
/// `GRADUS_FUZZ_RUNS` sets how many inputs a target gets, `GRADUS_FUZZ_SECONDS` after which time it ends sooner,
/// `GRADUS_TEST_SEED` the seed. In CI it is always the same one, so that what fails there is the change's doing. The input under way is in a file of the temporary folder, for where the process crashes.
struct Fuzzing {
  let target: String
  let runs: Int
  let seed: UInt64
  private let deadline: ContinuousClock.Instant?
  private let last: URL

  /// - Parameters:
  ///   - target: its name.
  ///   - runs: how many inputs where the environment says nothing.
  init(_ target: String, runs: Int) {
    let environment = ProcessInfo.processInfo.environment
    self.target = target
    self.runs = environment["GRADUS_FUZZ_RUNS"].flatMap(Int.init) ?? runs
    let isFixed = environment["CI"] == "true" && environment["GRADUS_TEST_SEED"] == nil
    seed = isFixed ? 1 : SeededGenerator().seed
    deadline = environment["GRADUS_FUZZ_SECONDS"].flatMap(Int.init).map { .now + .seconds($0) }
    last = FileManager.default.temporaryDirectory.appending(path: "gradus-fuzz-\(target)-\(seed)")
  }

  /// Makes inputs and judges each, until one fails, which is then made smaller.
  ///
  /// - Parameters:
  ///   - make: makes an input.
  ///   - judge: says what is wrong; nil where nothing is. What it throws is wrong too.
  func run(
    make: (inout SeededGenerator) -> String, judge: (String) async throws -> String?,
    location: SourceLocation = #_sourceLocation
  ) async {
    defer { try? FileManager.default.removeItem(at: last) }
    var done = 0
    for number in 0..<runs {
      if let deadline, ContinuousClock.now > deadline { break }
      // Each input has a seed of its own, so that a later one can be had without the earlier.
      var generator = SeededGenerator(seed: seed &+ UInt64(number) &* 0x9E37_79B9)
      let input = make(&generator)
      try? Data(input.utf8).write(to: last)
      if let failure = await Self.failure(input, judge) {
        let small = await Self.shrunk(input) { await Self.failure($0, judge) != nil }
        let reason = await Self.failure(small, judge) ?? failure
        Issue.record(
          "\(target), seed \(seed), input \(number): \(reason)\n--- \(small.debugDescription)",
          sourceLocation: location)
        return
      }
      done += 1
    }
    FileHandle.standardError.write(Data("fuzz \(target): \(done) inputs, seed \(seed)\n".utf8))
  }

  private static func failure(_ input: String, _ judge: (String) async throws -> String?) async -> String? {
    do { return try await judge(input) } catch { return "unexpected error: \(error)" }
  }

  /// Leaves out ever smaller parts for as long as the rest still fails.
  static func shrunk(_ input: String, fails: (String) async -> Bool) async -> String {
    var characters = Array(input.unicodeScalars)
    var size = characters.count / 2
    var trials = 0
    while size > 0, trials < 500 {
      var start = 0
      while start < characters.count, trials < 500 {
        var rest = characters
        rest.removeSubrange(start..<min(start + size, rest.count))
        trials += 1
        if await fails(Self.text(rest)) { characters = rest } else { start += size }
      }
      size /= 2
    }
    return text(characters)
  }

  private static func text(_ scalars: [Unicode.Scalar]) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}
