/// What is left of an update: counted now and then, and in between what was left less what was looked at since. Pure.
struct RemainingEstimate: Sendable {
  private struct Count: Sendable {
    var remaining: Int?
    var scanned: Int
    var progress: String

    /// Whether nothing can be reckoned from it: the update was moved by another program, or begun anew.
    func isOvertaken(scanned: Int, progress: String) -> Bool {
      scanned < self.scanned || scanned == self.scanned && progress != self.progress
    }
  }

  private var count: Count?
  /// When it is counted anew.
  var pace: ReadingPace

  init(pace: ReadingPace = ReadingPace()) { self.pace = pace }

  /// Whether it is to be counted now, and not reckoned from the last count.
  ///
  /// - Parameters:
  ///   - scanned: rows that were looked at.
  ///   - progress: where the update stands. Moved by what adds nothing to `scanned`, it was moved by another program.
  ///   - now: when.
  func isDue(scanned: Int, progress: String, at now: ContinuousClock.Instant) -> Bool {
    count?.isOvertaken(scanned: scanned, progress: progress) ?? false || pace.isDue(at: now)
  }

  /// It was counted.
  ///
  /// - Parameter remaining: nil where the update cannot tell. One that could before, as where all of a table are known
  ///   roughly and a part of it are too many to count, goes on being reckoned from that.
  mutating func record(_ remaining: Int?, scanned: Int, progress: String) {
    if remaining == nil, let count, !count.isOvertaken(scanned: scanned, progress: progress) { return }
    count = Count(remaining: remaining, scanned: scanned, progress: progress)
  }

  /// What is left when so many rows have been looked at; nil where it is unknown.
  func remaining(scanned: Int) -> Int? {
    count.flatMap { count in count.remaining.map { max(0, $0 - max(0, scanned - count.scanned)) } }
  }
}
