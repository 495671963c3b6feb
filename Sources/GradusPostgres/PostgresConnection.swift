internal import CGradusLibpq
import Foundation
import GradusSQL

/// A PostgreSQL connection. Used by one thread at a time; only interrupting comes from others.
final class PostgresConnection: ConnectionBackend {
  let handle: OpaquePointer
  let settings: ConnectionSettings
  let cancellation: PostgresInterrupter
  private var statements = PreparedStatements()
  /// The id of the server process, as it was announced.
  private let announcedProcess: Int32
  /// Nil until it is known.
  private var keepsBackend: Bool?
  /// Whether `PinnedSettings` hold for the session.
  private var isPinned = false

  let engine = Engine.postgres
  var interrupter: any Interrupter { cancellation }

  init(_ settings: ConnectionSettings, applicationName: String) throws {
    let keywords =
      settings.defaults.map(\.keyword) + ["dbname", "fallback_application_name", "client_encoding"]
    let values = settings.defaults.map(\.value) + [settings.connectionString, applicationName, "UTF8"]
    let connected = ParameterText.withPointers(keywords) { keywords in
      // A later option wins: the string over the defaults, our client encoding over the string.
      ParameterText.withPointers(values) { PQconnectdbParams(keywords + [nil], $0 + [nil], 1) }
    }
    guard let connected, PQstatus(connected) == CONNECTION_OK else {
      let message = connected.map { String(cString: PQerrorMessage($0)) } ?? "out of memory"
      // The password may also come from a service or a password file.
      let password = connected.flatMap { PQpass($0) }.map { String(cString: $0) }
      PQfinish(connected)
      throw SQLError(
        .cannotConnect,
        "cannot connect to PostgreSQL '\(settings.databaseName)': \(settings.redacted(message, and: password))",
        hint: SQLError.hint(onConnecting: message))
    }
    guard PQserverVersion(connected) >= 140_000 else {
      let version = PQparameterStatus(connected, "server_version").map { String(cString: $0) } ?? "?"
      PQfinish(connected)
      throw SQLError(
        .cannotConnect, "PostgreSQL \(version) at '\(settings.databaseName)' is too old",
        hint: "use PostgreSQL 14 or later")
    }
    // By default libpq prints notices such as "relation exists, skipping" to standard error.
    PQsetNoticeProcessor(connected, { _, _ in }, nil)
    handle = connected
    announcedProcess = PQbackendPID(connected)
    self.settings = settings
    cancellation = PostgresInterrupter(connected)
    do { try pin() } catch {
      close()
      throw error
    }
  }

  var isInTransaction: Bool {
    switch PQtransactionStatus(handle) {
    case PQTRANS_INTRANS, PQTRANS_INERROR, PQTRANS_ACTIVE: true
    default: false
    }
  }

  func run(_ sql: String, _ parameters: [SQLValue], row body: (Row) throws -> Void) throws -> Int {
    guard !sql.utf8.contains(0) else { throw SQLError(.syntax, "the statement holds the character U+0000") }
    let texts = try parameters.map(ParameterText.encode)
    let result: PostgresResult
    do {
      result = try perform(sql, texts)
    } catch var error as SQLError {
      error.statement = sql
      throw error
    }
    if result.mayChangeSchema { statements.forgetAll() }
    try result.forEachRow(body)
    return result.affectedRows
  }

  // MARK: Transactions

  func begin(_ mode: TransactionMode, lockTimeout: Duration?) throws {
    deallocateAbandoned()
    let sql =
      switch mode {
      case .read: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
      // Not READ WRITE: that would override an operator's default_transaction_read_only.
      case .write: "BEGIN ISOLATION LEVEL READ COMMITTED"
      }
    var local = isPinned ? [] : PinnedSettings.ofTransaction
    if let lockTimeout {
      local.append("SET LOCAL lock_timeout = \(lockTimeout.serverMilliseconds)")
    }
    guard !local.isEmpty else {
      _ = try command(sql)
      return
    }
    do {
      try commands(([sql] + local).joined(separator: "; "))
    } catch {
      // The first of them may have gone through.
      rollback()
      throw error
    }
  }

  func commit() throws {
    // A transaction in which a statement has failed is not committed, and the server calls that a success.
    guard try command("COMMIT").commandTag == "COMMIT" else {
      throw SQLError(
        .other,
        "the server rolled the transaction back instead of committing it, as a statement in it had failed",
        hint: "let the statement's error end the transaction")
    }
  }

  func rollback() {
    CleanUp.run { if isInTransaction { _ = try command("ROLLBACK") } }
  }

  func close() { PQfinish(handle) }

  // MARK: Statements

  private func perform(_ sql: String, _ texts: [String?]) throws -> PostgresResult {
    guard let name = try preparedName(sql) else { return try runUnprepared(sql, texts) }
    let result = try exchange {
      ParameterText.withPointers(texts) {
        PQsendQueryPrepared(handle, name, Int32($0.count), $0, nil, nil, 0)
      }
    }
    guard var error = result.failure else { return result.value }
    let isStale =
      result.value.errorField(.sourceFunction) == "RevalidateCachedQuery" || error.sqlState == "26000"
    if isStale {
      statements.forget(sql)
      if !isInTransaction, error.code != .connectionLost { return try runUnprepared(sql, texts) }
      // Run anew, the transaction meets the new schema.
      error.code = .serializationFailure
    }
    error.position = position(of: result.value, in: sql)
    throw error
  }

  private func runUnprepared(_ sql: String, _ texts: [String?]) throws -> PostgresResult {
    let result = try exchange {
      ParameterText.withPointers(texts) {
        PQsendQueryParams(handle, sql, Int32($0.count), nil, $0, nil, nil, 0)
      }
    }
    guard var error = result.failure else { return result.value }
    error.position = position(of: result.value, in: sql)
    throw error
  }

  /// The name under which to run the statement, prepared now where that is due; nil where it runs unprepared.
  private func preparedName(_ sql: String) throws -> String? {
    guard keepsBackend != false else { return nil }
    switch statements.use(sql) {
    case .unprepared: return nil
    case .prepared(let name): return name
    case .prepare(let name):
      guard try keepsServerProcess() else { return nil }
      deallocateAbandoned()
      let result = try exchange { PQsendPrepare(handle, name, sql, 0, nil) }
      if var error = result.failure {
        error.position = position(of: result.value, in: sql)
        throw error
      }
      statements.didPrepare(sql, name: name)
      return name
    }
  }

  /// Whether one server process serves this connection to its end. Behind a transaction pooler the process changes,
  /// and a named statement would be missing or another client's; a pooler invents the process id that it announces.
  func keepsServerProcess() throws -> Bool {
    if let keepsBackend { return keepsBackend }
    var pid: Int64?
    try command("SELECT pg_backend_pid()").forEachRow { pid = $0[0].integer }
    let answer = pid == Int64(PQbackendPID(handle))
    keepsBackend = answer
    return answer
  }

  /// Sets `PinnedSettings` for the session, where one server process serves it. Behind a pooler each transaction has to;
  /// what a pooler has announced is not asked after, as it would have to find a server connection first.
  private func pin() throws {
    guard !mayBePooled else { return }
    try command(PinnedSettings.ofSession(servedBy: announcedProcess)).forEachRow { _ in isPinned = true }
    keepsBackend = isPinned
  }

  /// Whether the announced process id is hardly one that Linux gives (2^22 at most): a pooler invents one.
  private var mayBePooled: Bool { !(0...4_194_304).contains(announcedProcess) }

  private func deallocateAbandoned() {
    guard !isInTransaction else { return }
    for name in statements.abandoned { _ = try? command("DEALLOCATE \(name)") }
    statements.didDeallocate()
  }

  /// Runs one of our own statements.
  private func command(_ sql: String) throws -> PostgresResult {
    let result = try exchange { PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 0) }
    if var error = result.failure {
      error.statement = sql
      throw error
    }
    return result.value
  }

  /// Runs several of our own statements in one round trip.
  private func commands(_ sql: String) throws {
    var failure: SQLError?
    try exchangeAll({ PQsendQuery(handle, sql) }) { failure = failure ?? $0.failure }
    guard var failure else { return }
    failure.statement = sql
    throw failure
  }

  /// The schema may have changed by other ways than `run`.
  func forgetStatements() { statements.forgetAll() }

  // MARK: The protocol

  struct Answer {
    let value: PostgresResult
    let failure: SQLError?
  }

  /// Sends one statement and reads its result.
  func exchange(_ send: () -> Int32) throws -> Answer {
    var answer: Answer?
    try exchangeAll(send) { answer = $0 }
    guard let answer else { throw libpqError() }
    return answer
  }

  /// Sends and reads every result, to the last one, as libpq demands.
  func exchangeAll(_ send: () -> Int32, _ body: (Answer) -> Void) throws {
    cancellation.begin()
    defer { cancellation.end() }
    guard send() == 1 else { throw libpqError() }
    var hasCopied = false
    while let pointer = PQgetResult(handle) {
      let result = PostgresResult(pointer)
      switch result.status {
      case PGRES_COPY_IN, PGRES_COPY_BOTH:
        hasCopied = true
        PQputCopyEnd(handle, "not supported")
      case PGRES_COPY_OUT:
        hasCopied = true
        discardCopiedData()
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
        body(Answer(value: result, failure: nil))
      default:
        var error = SQLError(
          postgres: result, connection: handle, wasInterrupted: cancellation.hasFired, settings: settings)
        if error.code == .connectionLost { error.hint = error.hint ?? poolerHint }
        if hasCopied { error = Self.copyError }
        body(Answer(value: result, failure: error))
        hasCopied = false
      }
    }
    if hasCopied { throw Self.copyError }
  }

  private static let copyError = SQLError(
    .forbiddenStatement, "COPY from or to the client is not supported", hint: "use INSERT or SELECT")

  private func discardCopiedData() {
    var buffer: UnsafeMutablePointer<CChar>?
    while PQgetCopyData(handle, &buffer, 0) > 0 { PQfreemem(buffer) }
  }

  /// An error that is not the server's answer.
  func libpqError() -> SQLError {
    let message = settings.redacted(String(cString: PQerrorMessage(handle)))
    let isLost = PQstatus(handle) == CONNECTION_BAD
    return SQLError(
      isLost ? .connectionLost : .other, message.isEmpty ? "the server gave no answer" : message,
      hint: isLost ? poolerHint : nil)
  }

  /// What else a lost connection may mean: a pooler that has no server connection to spare closes without a word.
  private var poolerHint: String? {
    guard keepsBackend == false || mayBePooled else { return nil }
    return
      "run again; where it is so again, the pooler may have too few server connections (default_pool_size): "
      + "a process uses up to three, and one a worker"
  }

  func position(of result: PostgresResult, in sql: String) -> SourcePosition? {
    result.errorField(.position).flatMap { Int($0) }.map { SourcePosition(scalarOffset: $0 - 1, in: sql) }
  }
}
