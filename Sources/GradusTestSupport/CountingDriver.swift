public import GradusSQL
import Synchronization

/// Counts the statements that go to a database, and keeps their text.
public final class CountingDriver: ForwardingDriver {
  /// What opens the connections.
  public let base: any Driver
  private let log = Mutex<[String]>([])

  /// - Parameter base: what opens the connections.
  public init(_ base: any Driver) { self.base = base }

  /// The statements since the last reset, `BEGIN` and `COMMIT` among them.
  public var statements: [String] { log.withLock { $0 } }
  /// Forgets the statements so far.
  public func reset() { log.withLock { $0.removeAll() } }

  /// Opens a connection whose statements are counted.
  public func open() throws -> any ConnectionBackend {
    CountingBackend(try base.open()) { statement in self.log.withLock { $0.append(statement) } }
  }
}

private final class CountingBackend: ForwardingBackend {
  private let count: @Sendable (String) -> Void

  init(_ base: any ConnectionBackend, count: @escaping @Sendable (String) -> Void) {
    self.count = count
    super.init(base)
  }

  override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
    count(sql)
    return try super.run(sql, parameters, row: row)
  }

  override func runRaw(_ sql: String, _ parameters: [SQLValue], row: ([RawValue]) throws -> Bool) throws {
    count(sql)
    try super.runRaw(sql, parameters, row: row)
  }

  override func copy(into table: String, columns: [String], _ next: () throws -> CopyText?) throws -> Int {
    count("COPY \(table)")
    return try super.copy(into: table, columns: columns, next)
  }

  override func runScript(_ sql: String) throws {
    count(sql)
    try super.runScript(sql)
  }

  override func checkScript(_ sql: String) throws {
    count("check")
    try super.checkScript(sql)
  }

  override func accepts(_ scripts: [String]) throws -> Bool {
    count("check")
    return try super.accepts(scripts)
  }

  override func begin(_ mode: TransactionMode, lockTimeout: Duration?) throws {
    count("BEGIN")
    try super.begin(mode, lockTimeout: lockTimeout)
  }

  override func commit() throws {
    count("COMMIT")
    try super.commit()
  }
}
