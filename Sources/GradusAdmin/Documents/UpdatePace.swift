package import GradusReports

/// How fast an update gets on, and how long it will still take.
package struct UpdatePace: Sendable, Hashable {
  /// Rows looked at per second of wall clock, pauses included.
  package var rowsPerSecond: Double?
  /// The time left.
  package var left: ClosedRange<Duration>?

  /// That of an update that runs, and of which nothing is known.
  package static let unknown = UpdatePace(rowsPerSecond: nil, left: nil)

  package init(rowsPerSecond: Double?, left: ClosedRange<Duration>?) {
    self.rowsPerSecond = rowsPerSecond
    self.left = left
  }

  /// What the stored numbers tell of an update that runs elsewhere, until there are samples: at best its workers go on
  /// without a pause, at worst one of them does with the pauses configured here, and half as fast.
  ///
  /// - Parameters:
  ///   - update: the update.
  ///   - pause: the pause between two batches.
  /// - Returns: nil where there was no batch yet.
  package static func stored(_ update: UpdateReport, pause: Duration) -> UpdatePace? {
    guard update.phase == nil, update.scanned > 0, update.durationMs > 0 else { return nil }
    let busy = Double(update.durationMs) / 1000
    let paused = Double(update.batches) * (pause / .seconds(1))
    let workers = Double(max(1, update.workers.count))
    let rate = Double(update.scanned) / (busy + paused) * workers
    let left = update.remaining.map { remaining in
      let rows = Double(max(0, remaining))
      let fastest = rows / (Double(update.scanned) / busy * workers)
      let slowest = 2 * rows / (Double(update.scanned) / (busy + paused))
      return Duration.seconds(min(fastest, longest)) ... .seconds(min(slowest, longest))
    }
    return UpdatePace(rowsPerSecond: rate, left: left)
  }

  private static let longest = 100.0 * 365 * 86_400
}
