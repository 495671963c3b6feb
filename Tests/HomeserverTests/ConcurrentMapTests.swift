import Testing

@testable import HomeserverSchema

@Suite struct ConcurrentMapTests {
  private struct Refusal: Error, Equatable {
    let number: Int
  }

  @Test(arguments: [0, 1, 31, 32, 33, 64, 255, 256, 257, 1000])
  func keepsTheOrder(_ count: Int) throws {
    #expect(try Array(0..<count).concurrentMap { $0 * 2 } == (0..<count).map { $0 * 2 })
  }

  @Test(arguments: 1...20)
  func throwsTheFirstError(_ attempt: Int) throws {
    #expect(throws: Refusal(number: 100 + attempt)) {
      try Array(0..<1000).concurrentMap { number in
        if number >= 100 + attempt { throw Refusal(number: number) }
      }
    }
  }
}
