internal import CGradusSQLite

/// Ends statements that run for longer than allowed, by SQLite's progress handler.
final class StatementClock {
  /// Nil for no limit.
  private var limit: Duration?
  private var deadline: ContinuousClock.Instant?
  private(set) var hasFired = false

  /// Virtual machine instructions between two looks at the clock: about half a millisecond.
  private static let interval: Int32 = 20_000

  func set(_ limit: Duration?, on database: OpaquePointer) {
    self.limit = limit
    guard limit != nil else { return sqlite3_progress_handler(database, 0, nil, nil) }
    sqlite3_progress_handler(
      database, Self.interval,
      { context in
        Unmanaged<StatementClock>.fromOpaque(context!).takeUnretainedValue().isDue() ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  func start() {
    hasFired = false
    if let limit { deadline = .now + limit }
  }

  private func isDue() -> Bool {
    guard let deadline, ContinuousClock.now > deadline else { return false }
    hasFired = true
    return true
  }
}
