import Synchronization
import Testing

@testable import HomeserverSchema

@Suite struct PipelinedTests {
  private struct Refusal: Error, Equatable {
    let number: Int
  }

  @Test(arguments: [0, 1, 2, 3, 50])
  func keepsTheOrder(_ count: Int) throws {
    var made: [Int] = []
    let (results, other) = try Array(0..<count).pipelined {
      made.append($0)
      return $0 + 1
    } work: {
      $0 * 2
    } meanwhile: {
      made.count
    }
    #expect(other == count)
    #expect(made == Array(0..<count))
    #expect(results == (0..<count).map { ($0 + 1) * 2 })
  }

  @Test(arguments: 1...20)
  func throwsTheFirstErrorOfTheWork(_ attempt: Int) throws {
    #expect(throws: Refusal(number: attempt)) {
      try Array(0..<40).pipelined {
        $0
      } work: { number in
        if number >= attempt { throw Refusal(number: number) }
      } meanwhile: {
      }
    }
  }

  @Test func waitsForTheWorkBeforeWhatIsDoneMeanwhileThrows() throws {
    let ended = Mutex(0)
    #expect(throws: Refusal(number: 3)) {
      try Array(0..<20).pipelined {
        $0
      } work: { _ in
        ended.withLock { $0 += 1 }
      } meanwhile: {
        throw Refusal(number: 3)
      }
    }
    #expect(ended.withLock { $0 } == 20)
  }

  /// Where no more can be made, nothing works on after the return.
  @Test func waitsForTheWorkBeforeItThrows() throws {
    let begun = Mutex(0)
    let ended = Mutex(0)
    #expect(throws: Refusal(number: 8)) {
      try Array(0..<20).pipelined { number in
        if number == 8 { throw Refusal(number: number) }
        return number
      } work: { number in
        begun.withLock { $0 += 1 }
        var sum = number
        for step in 0..<100_000 { sum &+= step }
        ended.withLock { $0 += sum == .min ? 0 : 1 }
      } meanwhile: {
      }
    }
    #expect(begun.withLock { $0 } == 8)
    #expect(ended.withLock { $0 } == 8)
  }
}
