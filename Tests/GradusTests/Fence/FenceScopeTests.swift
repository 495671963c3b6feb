import Testing

@testable import Gradus

@Suite struct FenceScopeTests {
  @Test(
    arguments: [
      (86, 87, [], [86]),
      (84, 87, [], [84, 85, 86]),
      // Opened before its version was shut out by some other program.
      (86, 87, [80, 86, 87, 88], [80, 86]),
      (nil, 87, [], []),
      (nil, 87, [70, 86, 87], [70, 86]),
      // Raised meanwhile.
      (87, 87, [86], [86]),
      (88, 87, [], []),
    ] as [(Int?, Int, Set<Int>, [Int])])
  func versions(from: Int?, to compat: Int, announced: Set<Int>, expected: [Int]) {
    #expect(FenceScope.versions(from: from, to: compat, announced: announced) == expected)
  }

  @Test func versionsThatAreDatesDoNotFillTheServersTableOfLocks() {
    let versions = FenceScope.versions(from: 20_240_101, to: 20_250_101, announced: [20_240_101])
    #expect(versions.count == FenceScope.mostLocks)
    #expect(versions.last == 20_250_100)
    #expect(FenceScope.versions(from: 0, to: .max, announced: []).count == FenceScope.mostLocks)
  }
}
