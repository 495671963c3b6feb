public import Foundation

/// When background updates may run: in any of some windows of time, or always.
public struct TimeWindows: Sendable, Hashable {
  /// The windows; none for always.
  public let windows: [TimeWindow]
  /// Whose clock is meant.
  public let timeZone: TimeZone

  /// - Parameters:
  ///   - windows: updates run while any of them is open; with none of them, always.
  ///   - timeZone: whose clock is meant.
  public init(_ windows: [TimeWindow], timeZone: TimeZone = .current) {
    self.windows = windows
    self.timeZone = timeZone
  }

  /// Open at all times.
  public static let always = TimeWindows([])

  /// Whether updates may run at this moment.
  public func contains(_ date: Date) -> Bool {
    guard !windows.isEmpty else { return true }
    let time = WallClock(date, in: timeZone)
    return windows.contains { $0.contains(time) }
  }

  /// When a window opens next.
  ///
  /// - Parameter date: now.
  /// - Returns: the first moment after `date` at which updates may run; nil where they may run at `date` already.
  public func nextOpening(after date: Date) -> Date? {
    guard !contains(date) else { return nil }
    // Two weeks, as a window of one day a week is skipped where the clock is set forward over it.
    let days = 15
    let today = WallClock(date, in: timeZone).day
    // A clock that is set forward into a window opens it, and one that is set back may open it again.
    var moments = WallClock.changes(in: timeZone, after: date, days: days)
    for day in today...today + days {
      for window in windows where window.days.contains(Weekday(day: day)) {
        moments += WallClock(day: day, second: window.opens).moments(in: timeZone)
      }
    }
    return moments.filter { $0 > date && contains($0) }.min()
  }
}
