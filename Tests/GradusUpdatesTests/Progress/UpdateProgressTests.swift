import GradusUpdates
import Testing

@Suite struct UpdateProgressTests {
  private struct Price: UpdateProgress, Codable, Equatable {
    var last: Double
  }

  /// A walk along a column of floating-point numbers may come to those that JSON has not.
  @Test(arguments: [0.5, Double.infinity, -Double.infinity])
  func numbersWithoutEndAreStored(last: Double) throws {
    let progress = Price(last: last)
    #expect(try Price(json: progress.json) == progress)
  }

  @Test func whatIsNoNumberIsStored() throws {
    let json = Price(last: .nan).json
    #expect(json == #"{"last":"NaN"}"#)
    #expect(try Price(json: json).last.isNaN)
  }
}
