import Gradus

/// What a transaction of a batch may wait for on PostgreSQL.
struct TransactionLimits: Sendable, Hashable {
  var lock: Duration
  var statement: Duration?

  /// Columns of a SELECT that set the limits for the transaction: they cost no round trip of their own.
  ///
  /// With them go two habits that cost a batch more than they bring: to compile its statements, which takes longer than
  /// to run them, and to remember what a key has led to, as nearly each of its keys is another.
  var sql: String {
    var settings = [("lock_timeout", "\(lock.milliseconds)"), ("jit", "off"), ("enable_memoize", "off")]
    if let statement { settings.append(("statement_timeout", "\(statement.milliseconds)")) }
    return settings.map { "set_config('\($0)', '\($1)', true)" }.joined(separator: ", ")
  }
}
