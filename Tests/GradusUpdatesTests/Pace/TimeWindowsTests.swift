import Foundation
import Testing

@testable import GradusUpdates

@Suite struct TimeWindowsTests {
  private func windows(_ zone: String, _ texts: String...) throws -> TimeWindows {
    TimeWindows(
      try texts.map { try TimeWindow(parsing: $0) }, timeZone: try #require(TimeZone(identifier: zone)))
  }

  /// `2026-03-29T00:59:00Z`.
  private func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

  @Test func withoutWindowsIsAlwaysOpen() throws {
    #expect(TimeWindows.always.contains(.distantPast))
    #expect(TimeWindows.always.nextOpening(after: .distantFuture) == nil)
  }

  @Test func opensAndClosesToTheSecond() throws {
    let windows = try windows("Europe/Berlin", "22:00-06:00")
    #expect(!windows.contains(try date("2026-01-15T20:59:59Z")))
    #expect(windows.contains(try date("2026-01-15T21:00:00Z")))
    #expect(windows.contains(try date("2026-01-16T04:59:59Z")))
    #expect(!windows.contains(try date("2026-01-16T05:00:00Z")))
    #expect(
      windows.nextOpening(after: try date("2026-01-16T05:00:00Z")) == (try date("2026-01-16T21:00:00Z")))
    #expect(windows.nextOpening(after: try date("2026-01-15T22:00:00Z")) == nil)
  }

  @Test func opensOnTheNextOfItsDays() throws {
    let windows = try windows("America/New_York", "sat 22:00-02:00", "wed 12:00-13:00")
    // Sunday, after it has closed: Wednesday.
    #expect(
      windows.nextOpening(after: try date("2026-01-18T07:00:00Z")) == (try date("2026-01-21T17:00:00Z")))
    #expect(
      windows.nextOpening(after: try date("2026-01-21T18:00:00Z")) == (try date("2026-01-25T03:00:00Z")))
  }

  /// On 29 March 2026 the clock of Berlin goes from 02:00 to 03:00.
  @Test func aClockSetForwardOpensWhatItJumpsInto() throws {
    let into = try windows("Europe/Berlin", "02:30-04:00")
    #expect(into.nextOpening(after: try date("2026-03-29T00:00:00Z")) == (try date("2026-03-29T01:00:00Z")))
    #expect(into.contains(try date("2026-03-29T01:59:59Z")))
    #expect(!into.contains(try date("2026-03-29T02:00:00Z")))
    // What it jumps over opens on the next day, or in a week.
    let over = try windows("Europe/Berlin", "02:15-02:45")
    #expect(over.nextOpening(after: try date("2026-03-29T00:30:00Z")) == (try date("2026-03-30T00:15:00Z")))
    let sunday = try windows("Europe/Berlin", "sun 02:15-02:45")
    #expect(sunday.nextOpening(after: try date("2026-03-22T02:00:00Z")) == (try date("2026-04-05T00:15:00Z")))
  }

  /// On 25 October 2026 it goes from 03:00 back to 02:00.
  @Test func aClockSetBackOpensTwice() throws {
    let windows = try windows("Europe/Berlin", "02:15-02:45")
    #expect(
      windows.nextOpening(after: try date("2026-10-25T00:00:00Z")) == (try date("2026-10-25T00:15:00Z")))
    #expect(
      windows.nextOpening(after: try date("2026-10-25T00:45:00Z")) == (try date("2026-10-25T01:15:00Z")))
    let end = try self.windows("Europe/Berlin", "02:00-02:30")
    #expect(end.nextOpening(after: try date("2026-10-25T00:30:00Z")) == (try date("2026-10-25T01:00:00Z")))
  }

  /// Minute by minute over the changes of clocks of every kind: of an hour, of half an hour, at midnight, and none.
  @Test(arguments: [
    ("Europe/Berlin", "2026-03-28T00:00:00Z"), ("Europe/Berlin", "2026-10-24T00:00:00Z"),
    ("America/New_York", "2026-03-07T00:00:00Z"), ("America/New_York", "2026-10-31T00:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-03T00:00:00Z"), ("Australia/Lord_Howe", "2026-10-02T00:00:00Z"),
    ("America/Santiago", "2026-04-03T00:00:00Z"), ("America/Santiago", "2026-09-05T00:00:00Z"),
    ("Asia/Kathmandu", "2026-01-01T00:00:00Z"), ("UTC", "1969-12-30T00:00:00Z"),
  ])
  func theNextOpeningIsTheFirstOpenMinute(zone: String, start: String) throws {
    let all = [
      try windows(zone, "22:00-06:00"), try windows(zone, "02:15-02:45"), try windows(zone, "01:45-03:30"),
      try windows(zone, "sat 23:30-00:30", "sun 00:00-00:15", "mon 05:00-05:01"),
      try windows(zone, "sat,sun 00:00-24:00"),
    ]
    let start = try date(start)
    let minutes = (0..<3 * 1440).map { start.addingTimeInterval(Double($0) * 60) }
    for windows in all {
      var expected: Date?
      for minute in minutes.reversed() {
        if windows.contains(minute) {
          #expect(windows.nextOpening(after: minute) == nil)
          expected = minute
        } else if let expected {
          let opening = windows.nextOpening(after: minute)
          #expect(opening == expected, "\(windows.windows) \(minute)")
        }
      }
    }
  }
}
