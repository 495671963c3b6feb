import Foundation

/// What the clock on the wall of a time zone shows.
struct WallClock: Hashable {
  /// Days from 1970-01-01.
  let day: Int
  /// Seconds shown since midnight, 0 to 86,399. On a day on which the clock is changed they repeat or leave a gap.
  let second: Int

  static let secondsPerDay = 86_400

  init(day: Int, second: Int) {
    self.day = day
    self.second = second
  }

  init(_ date: Date, in timeZone: TimeZone) {
    let shown = Int(date.timeIntervalSince1970.rounded(.down)) + timeZone.secondsFromGMT(for: date)
    let second = shown % Self.secondsPerDay
    self.second = second < 0 ? second + Self.secondsPerDay : second
    day = (shown - self.second) / Self.secondsPerDay
  }

  /// The moments at which the clock shows this: one, two where it is set back over it, none where it skips it.
  func moments(in timeZone: TimeZone) -> [Date] {
    let shown = day * Self.secondsPerDay + second
    let around = [-Self.secondsPerDay, Self.secondsPerDay].map { shift in
      timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(shown + shift)))
    }
    return Set(around).compactMap { offset in
      let moment = Date(timeIntervalSince1970: Double(shown - offset))
      return timeZone.secondsFromGMT(for: moment) == offset ? moment : nil
    }
  }

  /// The moments at which the clock is changed within some days after a date.
  static func changes(in timeZone: TimeZone, after date: Date, days: Int) -> [Date] {
    let start = Int(date.timeIntervalSince1970.rounded(.down))
    func offset(_ second: Int) -> Int {
      timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
    }
    return (0..<days).compactMap { day in
      var before = start + day * secondsPerDay
      var after = before + secondsPerDay
      let old = offset(before)
      guard offset(after) != old else { return nil }
      while after - before > 1 {
        let middle = (before + after) / 2
        if offset(middle) == old { before = middle } else { after = middle }
      }
      return Date(timeIntervalSince1970: Double(after))
    }
  }
}
