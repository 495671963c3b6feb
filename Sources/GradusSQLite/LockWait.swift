internal import CGradusSQLite
import GradusSQL

/// Waits for locks of other connections, as SQLite's busy handler. SQLite's own goes on waiting when it is interrupted.
final class LockWait {
  /// How long a statement waits, in milliseconds.
  private let limit: Int32
  /// How often the connection has been interrupted so far.
  private let interrupts: () -> Int
  private var interruptsBefore = 0
  private var waited: Int32 = 0
  private var isBrokenOff = false

  /// Between two looks at a lock, in milliseconds; the last one from then on.
  private static let pauses: [Int32] = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100]

  init(limit: Int32, interrupts: @escaping () -> Int) {
    self.limit = limit
    self.interrupts = interrupts
  }

  func install(on database: OpaquePointer) {
    sqlite3_busy_handler(
      database,
      { context, looks in
        Unmanaged<LockWait>.fromOpaque(context!).takeUnretainedValue().goesOn(after: Int(looks)) ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func goesOn(after looks: Int) -> Bool {
    if looks == 0 { waited = 0 }
    isBrokenOff = interrupts() != interruptsBefore
    let pause = min(Self.pauses[min(looks, Self.pauses.count - 1)], limit - waited)
    guard !isBrokenOff, pause > 0 else { return false }
    sqlite3_sleep(pause)
    waited += pause
    return true
  }

  /// Runs what may wait. An interrupt meanwhile ends the wait, as it ends a statement; one that came before does not.
  ///
  /// - Throws: what `body` throws; with code `cancelled` where that is a wait that was broken off.
  func during<R>(_ body: () throws -> R) throws -> R {
    (interruptsBefore, isBrokenOff) = (interrupts(), false)
    do {
      return try body()
    } catch let error as SQLError where isBrokenOff {
      throw Self.brokenOff(error)
    } catch var failure as ScriptError where isBrokenOff {
      failure.error = Self.brokenOff(failure.error)
      throw failure
    }
  }

  private static func brokenOff(_ error: SQLError) -> SQLError {
    guard error.code == .lockTimeout else { return error }
    var error = error
    error.code = .cancelled
    error.message = "the operation was cancelled"
    return error
  }
}
