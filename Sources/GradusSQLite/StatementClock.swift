internal import CGradusSQLite
import GradusSQL

/// Ends statements that run for longer than allowed, by SQLite's progress handler.
final class StatementClock {
  /// Nil for no limit.
  private var limit: Duration?
  private var deadline: ContinuousClock.Instant?
  private var hasFired = false

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

  /// Runs a statement. The time begins before it is prepared: that SQLite may break off, too.
  ///
  /// - Throws: what `body` throws; with code `statementTimeout` where the time was over.
  func during<R>(_ body: () throws -> R) throws -> R {
    start()
    do {
      return try body()
    } catch let error as SQLError {
      throw told(error)
    } catch var failure as ScriptError {
      failure.error = told(failure.error)
      throw failure
    }
  }

  /// Has the time begin anew, as for each statement of a script.
  func start() {
    hasFired = false
    if let limit { deadline = .now + limit }
  }

  private func told(_ error: SQLError) -> SQLError {
    guard hasFired, error.code == .cancelled else { return error }
    var error = error
    error.code = .statementTimeout
    error.message = "the statement ran for longer than allowed"
    return error
  }

  private func isDue() -> Bool {
    guard let deadline, ContinuousClock.now > deadline else { return false }
    hasFired = true
    return true
  }
}
