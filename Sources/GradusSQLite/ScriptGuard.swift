internal import CSQLite
import GradusSQL

/// Refuses transaction control, ATTACH and DETACH while a script runs, by SQLite's authorizer.
///
/// A COMMIT within a delta would split it from its record. The authorizer is set once a connection, since setting it
/// expires all prepared statements.
final class ScriptGuard {
  private var isActive = false
  private var hasRefused = false

  func install(on database: OpaquePointer) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    sqlite3_set_authorizer(
      database,
      { context, action, _, _, _, _ in
        let guardian = Unmanaged<ScriptGuard>.fromOpaque(context!).takeUnretainedValue()
        guard guardian.isActive else { return SQLITE_OK }
        switch action {
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_ATTACH, SQLITE_DETACH:
          guardian.hasRefused = true
          return SQLITE_DENY
        default: return SQLITE_OK
        }
      }, context)
  }

  func withTransactionControlForbidden(_ body: () throws -> Void) throws {
    isActive = true
    hasRefused = false
    defer { isActive = false }
    do {
      try body()
    } catch var failure as ScriptError where hasRefused {
      failure.error.code = .forbiddenStatement
      failure.error.message =
        "BEGIN, COMMIT, ROLLBACK, SAVEPOINT, ATTACH and DETACH are not allowed in a script"
      failure.error.hint = "remove the statement: the script runs in a transaction of its own"
      throw failure
    }
  }
}
