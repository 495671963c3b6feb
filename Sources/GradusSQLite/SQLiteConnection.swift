internal import CGradusSQLite
import Foundation
import GradusSQL
import Synchronization

/// A SQLite connection. Used by one thread at a time (`SQLITE_OPEN_NOMUTEX`); only interrupting comes from others.
final class SQLiteConnection: ConnectionBackend {
  private let handle: OpaquePointer
  private let statements: StatementCache
  private let authorizer = Authorizer()
  private let clock = StatementClock()
  private let lockWait: LockWait
  /// Nil where the file is only read.
  private var checkpointer: LogCheckpointer?
  /// Whether a reader is not locked out by a writer: in WAL mode.
  private var letsOthersRead = false
  /// Whether the open transaction is to read only.
  private var readsOnly = false
  /// Nil until somebody wants it.
  private var ownReader: SQLiteConnection?

  let engine = Engine.sqlite
  private let ownInterrupter: SQLiteInterrupter
  var interrupter: any Interrupter { ownInterrupter }

  /// - Parameters:
  ///   - isImmutable: whether nobody writes the file, so that neither locks nor a log are needed to read it.
  ///   - cacheSize: of the page cache, in KiB. 16 MiB instead of SQLite's 2: batches go back and forth between the same
  ///     inner pages of several indexes.
  init(_ driver: SQLiteDriver, isImmutable: Bool = false, cacheSize: Int = 16_384) throws {
    var handle: OpaquePointer?
    let access =
      isImmutable
      ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      : driver.isReadOnly
        ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | (driver.createsFile ? SQLITE_OPEN_CREATE : 0)
    let code = sqlite3_open_v2(
      isImmutable ? Self.immutableName(driver.path) : driver.plainPath, &handle,
      access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let handle else {
      var error = SQLError(sqlite: handle, code: code)
      error.code = .cannotConnect
      error.message = "cannot open SQLite database '\(driver.path)': \(error.message)"
      error.hint =
        driver.isFolder
        ? "it is a folder: give the file in it"
        : driver.createsFile
          ? "check that the folder is there and may be written"
          : "no such file? a database is made by 'migrate'"
      sqlite3_close_v2(handle)
      throw error
    }
    self.handle = handle
    statements = StatementCache(handle)
    let interrupter = SQLiteInterrupter(handle)
    ownInterrupter = interrupter
    lockWait = LockWait(limit: driver.busyTimeout) { interrupter.count }
    authorizer.install(on: handle)
    lockWait.install(on: handle)
    do {
      try configure(driver, cacheSize)
    } catch var error as SQLError {
      close()
      // The first statement meets what opening did not look at: that this is no database, or may not be read.
      error.message = "cannot open SQLite database '\(driver.path)': \(error.message)"
      error.statement = nil
      if error.code == .readOnly {
        error.hint = "even reading a database in WAL mode needs the right to write beside it"
      }
      throw error
    }
  }

  private static func immutableName(_ path: String) -> String {
    let name = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
    // Without an empty host, two slashes at the beginning of a path would be followed by one.
    return "file:\(path.hasPrefix("/") ? "//" : "")\(name)?immutable=1"
  }

  private func configure(_ driver: SQLiteDriver, _ cacheSize: Int) throws {
    // With the distribution's default a misspelt or dropped column in double quotes would become a string literal.
    _ = gradus_sqlite3_db_config_bool(handle, SQLITE_DBCONFIG_DQS_DML, 0)
    _ = gradus_sqlite3_db_config_bool(handle, SQLITE_DBCONFIG_DQS_DDL, 0)
    _ = try run("PRAGMA foreign_keys = ON", []) { _ in }
    _ = try run("PRAGMA cache_size = \(-cacheSize)", []) { _ in }
    guard !driver.isReadOnly, sqlite3_db_readonly(handle, "main") == 0 else { return }
    var mode = ""
    _ = try run("PRAGMA journal_mode", []) { mode = $0[0].text ?? "" }
    if mode != "wal", !driver.keepsJournal {
      // A file that somebody reads stays as it is, and one that may not be written says so when it is written to.
      _ = try? run("PRAGMA journal_mode = WAL", []) { mode = $0[0].text ?? "" }
    }
    letsOthersRead = mode == "wal"
    // Without a log, a commit that is not synced may leave a damaged file where the power fails.
    guard letsOthersRead else { return }
    // With one it is safe against a crash of the process without a sync a transaction.
    _ = try run("PRAGMA synchronous = NORMAL", []) { _ in }
    // Otherwise what one long transaction has made of it stays on the disk until the last connection of all is closed.
    _ = try run("PRAGMA journal_size_limit = \(LogCheckpointer.longestLog)", []) { _ in }
    checkpointer = LogCheckpointer(of: handle)
  }

  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  func run(_ sql: String, _ parameters: [SQLValue], row body: (Row) throws -> Void) throws -> Int {
    try limited {
      let statement = try take(sql)
      defer { statements.giveBack(statement) }
      try statement.bind(parameters)
      let before = sqlite3_total_changes64(handle)
      try statement.step(body)
      // The total tells whether the statement wrote at all, but it also counts what triggers and foreign keys wrote.
      return sqlite3_total_changes64(handle) == before ? 0 : Int(sqlite3_changes64(handle))
    }
  }

  /// Runs what may wait for a lock, within the time that a statement may take.
  private func limited<R>(_ body: () throws -> R) throws -> R {
    try lockWait.during { try clock.during(body) }
  }

  private func take(_ sql: String) throws -> SQLiteStatement {
    let statement = try statements.take(sql)
    guard readsOnly, !statement.isReadOnly else { return statement }
    statements.giveBack(statement)
    var error = SQLError.inReadTransaction
    error.statement = sql
    throw error
  }

  func runRaw(_ sql: String, _ parameters: [SQLValue], row body: ([RawValue]) throws -> Bool) throws {
    try limited {
      let statement = try take(sql)
      defer { statements.giveBack(statement) }
      try statement.bind(parameters)
      try statement.stepRaw(body)
    }
  }

  func runScript(_ sql: String) throws {
    // What a script says by PRAGMA busy_timeout or wal_autocheckpoint takes the place of these, and is for itself alone.
    defer {
      lockWait.install(on: handle)
      checkpointer?.install(on: handle)
    }
    try limited {
      try authorizer.withTransactionControlForbidden {
        try SQLiteScript(sql).run(on: handle, authorizer, clock, readsOnly: readsOnly)
      }
    }
  }

  func checkScript(_ sql: String) throws {
    try limited {
      try authorizer.withTransactionControlForbidden {
        try authorizer.ignoringPragmas { try SQLiteScript(sql).check(on: handle) }
      }
    }
  }

  func limitStatements(to duration: Duration?) { clock.set(duration, on: handle) }

  func describe(_ sql: String) throws -> StatementDescription {
    // Prepared anew: the authorizer is asked only then.
    let (statement, uses) = try limited {
      try authorizer.notingUses { try SQLiteStatement(handle, sql) }
    }
    return StatementDescription(
      columns: statement.describedColumns, parameterCount: statement.parameterCount, uses: uses)
  }

  /// Only BEGIN waits for a lock, as long as the driver says.
  func begin(_ mode: TransactionMode, lockTimeout: Duration?) throws {
    switch mode {
    case .read:
      _ = try run("BEGIN DEFERRED", []) { _ in }
      readsOnly = true
    case .write:
      try checkPlace()
      _ = try run("BEGIN IMMEDIATE", []) { _ in }
    }
  }

  /// Refuses to go on with a file that is no longer where it was: what is written to it nobody finds, and another
  /// connection by its name would share the log and the memory of the file that has taken its place.
  private func checkPlace() throws {
    var hasMoved: Int32 = 0
    _ = sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
    guard hasMoved == 0 else {
      let name = sqlite3_db_filename(handle, "main").map { String(cString: $0) } ?? ""
      throw SQLError(
        .other, "the SQLite database '\(name)' was moved, removed or replaced while it was open",
        hint:
          "stop all that use a database before its file is moved; where another stands in its place, remove '\(name)-wal' "
          + "and '\(name)-shm', which belong to the one that was there, before anything opens it, and run again"
      )
    }
  }

  func commit() throws {
    _ = try run("COMMIT", []) { _ in }
    readsOnly = false
  }

  func rollback() {
    // Some errors (disk full, for one) have rolled back already.
    CleanUp.run { if isInTransaction { _ = try run("ROLLBACK", []) { _ in } } }
    readsOnly = false
  }

  /// While a transaction writes nobody else can, so that what has been committed is what it saw.
  func reader() throws -> (any ConnectionBackend)? {
    guard letsOthersRead, sqlite3_txn_state(handle, "main") == SQLITE_TXN_WRITE else { return nil }
    if let ownReader { return ownReader }
    try checkPlace()
    // By the name as SQLite has resolved it: the process may change its folder.
    guard let name = sqlite3_db_filename(handle, "main") else { return nil }
    // It goes forward, and changes nothing that it would have to keep.
    let reader = try SQLiteConnection(
      SQLiteDriver(path: String(cString: name), isReadOnly: true), cacheSize: 4_096)
    ownInterrupter.add(reader.ownInterrupter)
    ownReader = reader
    return reader
  }

  func close() {
    statements.removeAll()
    ownReader?.close()
    checkpointer?.close()
    sqlite3_close_v2(handle)
  }
}

/// `sqlite3_interrupt` may be called from any thread while the connection is open.
private final class SQLiteInterrupter: Interrupter {
  /// SQLite's own connection.
  private struct Handle: @unchecked Sendable { let value: OpaquePointer }

  private let handle: Handle
  private let reader = Mutex<SQLiteInterrupter?>(nil)
  private let asked = Atomic(0)

  init(_ handle: OpaquePointer) { self.handle = Handle(value: handle) }

  /// How often it was asked to interrupt.
  var count: Int { asked.load(ordering: .acquiring) }

  /// - Parameter reader: of the connection that reads beside this one, and is interrupted with it.
  func add(_ reader: SQLiteInterrupter) { self.reader.withLock { $0 = reader } }

  func interrupt() {
    asked.add(1, ordering: .releasing)
    sqlite3_interrupt(handle.value)
    reader.withLock { $0 }?.interrupt()
  }
}
