import Gradus

/// What a transaction of a batch may wait for on PostgreSQL.
struct TransactionLimits: Sendable, Hashable {
  var lock: Duration
  var statement: Duration?

  /// Columns of a SELECT that set the limits for the transaction: they cost no round trip of their own.
  var sql: String {
    let lock = "set_config('lock_timeout', '\(lock.milliseconds)', true)"
    return statement.map { lock + ", set_config('statement_timeout', '\($0.milliseconds)', true)" } ?? lock
  }
}
