/// One connection as a transaction body sees it: synchronous, on the connection's own thread.
///
/// It is handed to the bodies of `Session.run` and `Session.transaction` and must not leave them.
public final class Connection {
  let backend: any ConnectionBackend
  let gate: CancellationGate
  private var isInTransactionBody = false

  init(_ backend: any ConnectionBackend, gate: CancellationGate) {
    self.backend = backend
    self.gate = gate
  }

  /// The engine behind the connection.
  public var engine: Engine { backend.engine }

  /// Whether a transaction is open.
  public var isInTransaction: Bool { backend.isInTransaction }

  /// Runs a query and returns its rows.
  ///
  /// - Parameters:
  ///   - sql: one statement; parameters are `$1`, `$2`, ... on both engines.
  ///   - parameters: their values.
  /// - Throws: `SQLError`.
  public func query(_ sql: String, _ parameters: [SQLValue] = []) throws -> [Row] {
    var rows: [Row] = []
    try forEachRow(sql, parameters) { rows.append($0) }
    return rows
  }

  /// Runs a query and returns its first row, or nil where there is none.
  ///
  /// - Parameters:
  ///   - sql: one statement; parameters are `$1`, `$2`, ... on both engines.
  ///   - parameters: their values.
  /// - Throws: `SQLError`.
  public func queryRow(_ sql: String, _ parameters: [SQLValue] = []) throws -> Row? {
    try query(sql, parameters).first
  }

  /// Runs a query and hands each row over. On SQLite rows are streamed; on PostgreSQL the result is fetched first.
  ///
  /// - Parameters:
  ///   - sql: one statement; parameters are `$1`, `$2`, ... on both engines.
  ///   - parameters: their values.
  ///   - body: gets each row, in their order.
  /// - Throws: `SQLError`, or what `body` throws.
  public func forEachRow(_ sql: String, _ parameters: [SQLValue] = [], _ body: (Row) throws -> Void) throws {
    try check()
    _ = try backend.run(sql, parameters, row: body)
  }

  /// Runs a statement.
  ///
  /// - Parameters:
  ///   - sql: one statement; parameters are `$1`, `$2`, ... on both engines.
  ///   - parameters: their values.
  /// - Returns: how many rows it inserted, updated or deleted.
  /// - Throws: `SQLError`.
  @discardableResult
  public func execute(_ sql: String, _ parameters: [SQLValue] = []) throws -> Int {
    try check()
    return try backend.run(sql, parameters) { _ in }
  }

  /// Runs the statements of a script; transaction control in it is refused.
  ///
  /// - Throws: `ScriptError`, which says which statement failed and where; `SQLError` when cancelled.
  public func executeScript(_ sql: String) throws {
    try check()
    try backend.runScript(sql)
  }

  /// Finds what the engine's grammar refuses in a script, without running any of it. Whether the tables are there that
  /// it names only running it tells.
  ///
  /// - Throws: `ScriptError`, which says which statement is wrong and where.
  package func checkScript(_ sql: String) throws {
    precondition(!isInTransaction, "a script is checked outside a transaction")
    try gate.check()
    try backend.checkScript(sql)
  }

  /// Whether `checkScript` would find nothing in any of these scripts; asked in fewer round trips than one by one.
  ///
  /// - Throws: `SQLError` where it cannot be found out.
  package func accepts(_ scripts: [String]) throws -> Bool {
    precondition(!isInTransaction, "scripts are checked outside a transaction")
    try gate.check()
    return try backend.accepts(scripts)
  }

  /// What the engine says of a statement without running it: its parameters, the columns of its result.
  ///
  /// - Parameter sql: one statement; parameters are `$1`, `$2`, ... on both engines.
  /// - Throws: `SQLError` where the engine cannot prepare it, such as where a column is missing.
  public func describe(_ sql: String) throws -> StatementDescription {
    try check()
    return try backend.describe(sql)
  }

  /// Runs `body` with a limit to how long each of its statements may run.
  ///
  /// - Throws: what `body` throws; a statement that takes longer throws `SQLError` with code `statementTimeout`.
  package func withStatements<R>(limitedTo duration: Duration, _ body: () throws -> R) throws -> R {
    try backend.limitStatements(to: duration)
    defer { CleanUp.run { try backend.limitStatements(to: nil) } }
    return try body()
  }

  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
  ///
  /// - Parameters:
  ///   - mode: whether it writes.
  ///   - lockTimeout: how long a statement waits for a lock on PostgreSQL; nil for as long as the server's settings say.
  ///     On SQLite only the start of a transaction waits, as long as the driver says.
  ///   - body: the work. A transaction in a transaction is a programmer's mistake.
  /// - Throws: what `body` throws, or `SQLError` where the commit fails (then nothing is written).
  public func transaction<R>(
    _ mode: TransactionMode = .write, lockTimeout: Duration? = nil, _ body: (Connection) throws -> R
  ) throws -> R {
    precondition(!isInTransaction, "a transaction is open already")
    try gate.check()
    try backend.begin(mode, lockTimeout: lockTimeout)
    isInTransactionBody = true
    defer { isInTransactionBody = false }
    do {
      let result = try body(self)
      try check()
      try backend.commit()
      return result
    } catch {
      backend.rollback()
      throw error
    }
  }

  /// Whether one server process serves this connection to its end, so that a session's locks and settings stay with it.
  /// Not so behind a pooler.
  ///
  /// - Throws: `SQLError`.
  package func keepsServerProcess() throws -> Bool {
    try check()
    return try backend.keepsServerProcess()
  }

  /// Puts a setting of the connection back; unlike other statements also after a cancellation, which must not leave the
  /// connection changed for its next job.
  package func restore(_ sql: String) {
    CleanUp.run { _ = try backend.run(sql, []) { _ in } }
  }

  /// Throws where no further statement may run: after a cancellation, and where the body of a transaction goes on
  /// although the engine has ended the transaction (SQLite does so when the disk is full), since what the body then
  /// wrote would be committed by itself.
  func check() throws {
    try gate.check()
    if isInTransactionBody, !backend.isInTransaction {
      throw SQLError(
        .other, "the transaction ended before its body did, by an error or by a statement of the body",
        hint: "let the error end the body; do not run COMMIT or ROLLBACK in it")
    }
  }
}
