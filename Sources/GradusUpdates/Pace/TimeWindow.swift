import Gradus

/// Hours in which background updates may run, such as `22:00-06:00` or `mon-fri 22:00-06:00`.
///
/// It is meant by the clock on the wall. Where that clock is set back over it, it is open both times; where the clock
/// skips it, it does not open on that day.
public struct TimeWindow: Sendable, Hashable {
  /// The days on which it opens.
  let days: Set<Weekday>
  /// When it opens, in seconds from midnight.
  let opens: Int
  /// When it closes, in seconds from midnight; at or before `opens` where that is on the next day.
  let closes: Int

  /// Reads a window.
  ///
  /// - Parameter text: `22:00-06:00`, `sat,sun 00:00-24:00` or `mon-fri 22:00-06:00`. A window may go over midnight;
  ///   its days are those on which it opens, all of them where none is given.
  /// - Throws: `GradusError` with code `invalidFile`.
  public init(parsing text: String) throws {
    let parts = text.split(whereSeparator: \.isWhitespace)
    guard (1...2).contains(parts.count) else { throw Self.error(text, "is no window of time") }
    let times = parts[parts.count - 1].split(separator: "-", omittingEmptySubsequences: false)
    guard times.count == 2 else { throw Self.error(text, "lacks the two times of a window") }
    opens = try Self.time(times[0], text)
    closes = try Self.time(times[1], text)
    guard opens < WallClock.secondsPerDay else {
      throw Self.error(text, "opens at 24:00, which is 00:00 of the next day")
    }
    guard opens != closes else { throw Self.error(text, "closes when it opens") }
    days = parts.count == 1 ? Set(Weekday.allCases) : try Self.days(parts[0], text)
  }

  /// Whether it is open when the clock on the wall shows this.
  func contains(_ time: WallClock) -> Bool {
    let opensToday = days.contains(Weekday(day: time.day))
    if opens < closes { return opensToday && (opens..<closes).contains(time.second) }
    let openedYesterday = days.contains(Weekday(day: time.day - 1))
    return opensToday && time.second >= opens || openedYesterday && time.second < closes
  }

  private static func days(_ list: Substring, _ text: String) throws -> Set<Weekday> {
    var days: Set<Weekday> = []
    for item in list.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = item.split(separator: "-", omittingEmptySubsequences: false)
      guard (1...2).contains(ends.count) else { throw error(text, "has no days in '\(item)'") }
      let range = try ends.map { name in
        guard let day = Weekday(abbreviation: name) else {
          throw error(text, "has no day of the week in '\(name)'")
        }
        return day
      }
      days.formUnion(range[0].through(range[range.count - 1]))
    }
    return days
  }

  /// Hours and minutes; 24:00 is the end of a day.
  private static func time(_ time: Substring, _ text: String) throws -> Int {
    let parts = time.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
      parts.allSatisfy({ $0.allSatisfy { ("0"..."9").contains($0) } }),
      let hours = Int(parts[0]), let minutes = Int(parts[1]), minutes < 60, hours * 60 + minutes <= 24 * 60
    else {
      throw error(text, "has no time of day in '\(time)'")
    }
    return (hours * 60 + minutes) * 60
  }

  private static func error(_ text: String, _ message: String) -> GradusError {
    GradusError(
      .invalidFile, "'\(text)' \(message)",
      hint: "write 22:00-06:00, mon-fri 22:00-06:00 or sat,sun 00:00-24:00")
  }
}

extension TimeWindow: CustomStringConvertible {
  /// The window as it can be read again; days one by one, none where it opens on all.
  public var description: String {
    func time(_ seconds: Int) -> String {
      let minutes = seconds / 60
      return (minutes / 60 < 10 ? "0" : "") + "\(minutes / 60):" + (minutes % 60 < 10 ? "0" : "")
        + "\(minutes % 60)"
    }
    let hours = "\(time(opens))-\(time(closes))"
    guard days.count < Weekday.allCases.count else { return hours }
    let names = Weekday.allCases.filter(days.contains).map(\.abbreviation)
    return "\(names.joined(separator: ",")) \(hours)"
  }
}
