import Gradus
import Testing

@testable import GradusUpdates

@Suite struct TimeWindowTests {
  @Test(arguments: [
    ("22:00-06:00", "22:00-06:00"), (" 0:00-24:00 ", "00:00-24:00"), ("9:05-10:00", "09:05-10:00"),
    ("sat,sun 00:00-24:00", "sat,sun 00:00-24:00"),
    ("Mon-Fri  22:00-06:00", "mon,tue,wed,thu,fri 22:00-06:00"), ("mon-sun 01:00-02:00", "01:00-02:00"),
    ("fri-mon,wed 01:00-02:00", "mon,wed,fri,sat,sun 01:00-02:00"),
    ("tue-tue 01:00-02:00", "tue 01:00-02:00"),
    ("12:00-00:00", "12:00-00:00"),
  ])
  func reads(text: String, canonical: String) throws {
    let window = try TimeWindow(parsing: text)
    #expect(window.description == canonical)
    #expect(try TimeWindow(parsing: canonical) == window)
  }

  @Test(arguments: [
    "", " ", "22:00", "22:00-", "-06:00", "22:00-06:00-07:00", "22-06", "22:0-06:00", "24:01-06:00",
    "24:00-06:00", "22:60-06:00", "25:00-06:00", "+1:00-06:00", "22:00:00-06:00", "06:00-06:00",
    "00:00-00:00", "noday 22:00-06:00", "mon-fri-sun 22:00-06:00", "mon,, 22:00-06:00", "mon- 22:00-06:00",
    "monday 22:00-06:00", "mon tue 22:00-06:00", "22:00 - 06:00", "٢٢:00-06:00", "mon-fri",
  ])
  func refuses(text: String) throws {
    let error = try #require(throws: GradusError.self) { () throws in _ = try TimeWindow(parsing: text) }
    #expect(error.code == .invalidFile)
    #expect(error.message.contains("'\(text)'"))
    #expect(error.hint?.contains("mon-fri 22:00-06:00") == true)
  }

  /// Every minute of a week, against a reading of the definition that knows no midnight.
  @Test(arguments: [
    "22:00-06:00", "sat,sun 00:00-24:00", "mon-fri 22:00-06:00", "sun 23:59-23:58", "wed 12:00-00:00",
    "fri-mon 03:10-03:11",
  ])
  func containsWhatItSays(text: String) throws {
    let window = try TimeWindow(parsing: text)
    let length = (window.closes - window.opens + WallClock.secondsPerDay - 1) % WallClock.secondsPerDay + 1
    for minute in 0..<7 * 24 * 60 {
      let time = WallClock(day: 20_000 + minute / 1440, second: minute % 1440 * 60)
      let isOpen = [0, 1].contains { daysAgo in
        let sinceOpening = daysAgo * WallClock.secondsPerDay + time.second - window.opens
        return window.days.contains(Weekday(day: time.day - daysAgo)) && (0..<length).contains(sinceOpening)
      }
      #expect(window.contains(time) == isOpen, "\(time)")
    }
  }

  @Test func knowsTheDaysOfTheWeek() {
    #expect(Weekday(day: 0) == .thursday)
    #expect(Weekday(day: -1) == .wednesday)
    #expect(Weekday(day: -4) == .sunday)
    #expect(Weekday(day: 20_454) == .thursday)  // 2026-01-01
  }
}
