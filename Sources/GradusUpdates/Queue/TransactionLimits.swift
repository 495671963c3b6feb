import Gradus

/// What a transaction of a batch may wait for on PostgreSQL.
struct TransactionLimits: Sendable, Hashable {
  var lock: Duration
  var statement: Duration?

  /// Columns of a SELECT that set the limits for the transaction: they cost no round trip of their own.
  ///
  /// Nor is anything compiled: the server would take longer to compile a batch's statements than to run them.
  var sql: String {
    let settings = "set_config('lock_timeout', '\(lock.milliseconds)', true), set_config('jit', 'off', true)"
    return statement.map { settings + ", set_config('statement_timeout', '\($0.milliseconds)', true)" }
      ?? settings
  }
}
