import ProgramTestSupport
import Testing

extension DatabaseDump {
  /// Expects the lines of a database whose processes were killed to be those of one where they were not.
  static func expectEqual(_ killed: [String], _ undisturbed: [String], seed: UInt64) {
    let surplus = Set(killed).subtracting(undisturbed).sorted()
    let missing = Set(undisturbed).subtracting(killed).sorted()
    // In a variable, as a failed expectation shows all that it is made of.
    let isEqual = killed == undisturbed
    #expect(
      isEqual,
      "seed \(seed): \(surplus.count) lines too many, \(missing.count) too few: \(surplus.prefix(5)) instead of \(missing.prefix(5))"
    )
  }
}
