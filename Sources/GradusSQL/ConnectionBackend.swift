/// What a driver implements: one connection, used by one thread at a time.
///
/// Parameters are written `$1`, `$2`, ... on every engine. Applications use `Connection`, which adds cancellation,
/// transactions and the checks that are the same everywhere.
public protocol ConnectionBackend: AnyObject {
  /// The engine behind the connection.
  var engine: Engine { get }
  /// What stops a running statement from another thread.
  var interrupter: any Interrupter { get }
  /// Whether a transaction is open.
  var isInTransaction: Bool { get }

  /// Runs one statement and hands each row to `row`, which may throw to stop.
  ///
  /// - Returns: how many rows the statement inserted, updated or deleted.
  /// - Throws: `SQLError`, or what `row` throws.
  func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int

  /// Runs one statement and hands each row to `row` as the engine keeps it; `row` says whether to go on.
  ///
  /// - Throws: `SQLError`, or what `row` throws.
  func runRaw(_ sql: String, _ parameters: [SQLValue], row: ([RawValue]) throws -> Bool) throws

  /// Writes rows into a table, those that `next` returns until it returns nil.
  ///
  /// - Returns: how many rows were written.
  /// - Throws: `SQLError`, or what `next` throws.
  func copy(into table: String, columns: [String], _ next: () throws -> CopyText?) throws -> Int

  /// Runs the statements of a script in order, without parameters. Transaction control in the script is refused.
  ///
  /// - Throws: `ScriptError`.
  func runScript(_ sql: String) throws

  /// Finds the first syntax error or forbidden statement of a script without running any of it; outside a transaction.
  ///
  /// - Throws: `ScriptError`.
  func checkScript(_ sql: String) throws

  /// Whether `checkScript` would find nothing in any of these scripts, asked in as few round trips as the engine needs.
  func accepts(_ scripts: [String]) throws -> Bool

  /// What the engine says of one statement without running it.
  ///
  /// - Throws: `SQLError` where the statement cannot be prepared.
  func describe(_ sql: String) throws -> StatementDescription

  /// Lets no statement run for longer, from now on; nil for as long as the server lets it.
  func limitStatements(to duration: Duration?) throws

  /// Another connection that sees what this one's open transaction saw when it began to write, until that one ends; to be
  /// used by one other thread, for reading, and not to be closed. Nil where there is none.
  ///
  /// - Throws: `SQLError` where it cannot be opened.
  func reader() throws -> (any ConnectionBackend)?

  /// Opens a transaction.
  ///
  /// - Parameters:
  ///   - mode: whether it writes.
  ///   - lockTimeout: how long a statement of it waits for a lock, where the engine can say so a transaction;
  ///     nil for as long as otherwise.
  func begin(_ mode: TransactionMode, lockTimeout: Duration?) throws
  /// Commits the open transaction; on failure it is rolled back.
  func commit() throws
  /// Rolls the open transaction back; never fails.
  func rollback()
  /// Whether one server process serves this connection to its end: not so behind a pooler.
  func keepsServerProcess() throws -> Bool
  /// Closes the connection; further use is a programmer's mistake.
  func close()
}

extension ConnectionBackend {
  /// One by one: engines without a server.
  public func accepts(_ scripts: [String]) throws -> Bool {
    do {
      for script in scripts { try checkScript(script) }
      return true
    } catch is ScriptError {
      return false
    }
  }

  /// None: engines whose connections know nothing of one another.
  public func reader() throws -> (any ConnectionBackend)? { nil }

  /// True: engines without a pooler.
  public func keepsServerProcess() throws -> Bool { true }

  /// Refuses: engines that keep no row in memory for others to read.
  public func runRaw(_ sql: String, _ parameters: [SQLValue], row: ([RawValue]) throws -> Bool) throws {
    throw SQLError(
      .forbiddenStatement, "rows of \(engine) cannot be read without a copy", hint: "use a query")
  }

  /// Refuses: engines without COPY.
  public func copy(into table: String, columns: [String], _ next: () throws -> CopyText?) throws -> Int {
    throw SQLError(.forbiddenStatement, "\(engine) has no COPY", hint: "use INSERT")
  }
}
