import GradusSQL
import Synchronization

/// Counts what is sent to a database: the test support's counter would bring both engines with it.
final class StatementCounter: ForwardingDriver {
  let base: any Driver
  private let sent = Atomic(0)

  /// - Parameter base: what opens the connections.
  init(_ base: any Driver) { self.base = base }

  /// The statements so far, scripts, `BEGIN` and `COMMIT` among them.
  var count: Int { sent.load(ordering: .relaxed) }

  func open() throws -> any ConnectionBackend {
    StatementCountingBackend(try base.open()) { self.sent.add(1, ordering: .relaxed) }
  }
}

private final class StatementCountingBackend: ForwardingBackend {
  private let count: @Sendable () -> Void

  init(_ base: any ConnectionBackend, count: @escaping @Sendable () -> Void) {
    self.count = count
    super.init(base)
  }

  override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
    count()
    return try super.run(sql, parameters, row: row)
  }

  override func runRaw(_ sql: String, _ parameters: [SQLValue], row: ([RawValue]) throws -> Bool) throws {
    count()
    try super.runRaw(sql, parameters, row: row)
  }

  override func copy(into table: String, columns: [String], _ next: () throws -> CopyText?) throws -> Int {
    count()
    return try super.copy(into: table, columns: columns, next)
  }

  override func runScript(_ sql: String) throws {
    count()
    try super.runScript(sql)
  }

  override func checkScript(_ sql: String) throws {
    count()
    try super.checkScript(sql)
  }

  override func accepts(_ scripts: [String]) throws -> Bool {
    count()
    return try super.accepts(scripts)
  }

  override func begin(_ mode: TransactionMode, lockTimeout: Duration?) throws {
    count()
    try super.begin(mode, lockTimeout: lockTimeout)
  }

  override func commit() throws {
    count()
    try super.commit()
  }
}
