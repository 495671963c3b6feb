/// A connection that hands everything on to another one, but for `reader`. Subclasses override what they count, change or
/// refuse.
open class ForwardingBackend: ConnectionBackend {
  /// The connection behind it.
  public let base: any ConnectionBackend

  /// - Parameter base: the connection behind it.
  public init(_ base: any ConnectionBackend) { self.base = base }

  /// That of the connection behind it.
  public var engine: Engine { base.engine }
  /// That of the connection behind it.
  public var interrupter: any Interrupter { base.interrupter }
  /// That of the connection behind it.
  public var isInTransaction: Bool { base.isInTransaction }

  /// Hands the statement on.
  open func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
    try base.run(sql, parameters, row: row)
  }

  /// Hands the statement on.
  open func runRaw(_ sql: String, _ parameters: [SQLValue], row: ([RawValue]) throws -> Bool) throws {
    try base.runRaw(sql, parameters, row: row)
  }

  /// Hands the rows on.
  open func copy(into table: String, columns: [String], _ next: () throws -> CopyText?) throws -> Int {
    try base.copy(into: table, columns: columns, next)
  }

  /// Hands the script on.
  open func runScript(_ sql: String) throws { try base.runScript(sql) }
  /// Hands the script on.
  open func checkScript(_ sql: String) throws { try base.checkScript(sql) }
  /// Hands the scripts on.
  open func accepts(_ scripts: [String]) throws -> Bool { try base.accepts(scripts) }
  /// Hands the question on.
  open func describe(_ sql: String) throws -> StatementDescription { try base.describe(sql) }
  /// Hands the limit on.
  open func limitStatements(to duration: Duration?) throws { try base.limitStatements(to: duration) }
  /// None, as what goes over another connection would pass a subclass by.
  open func reader() throws -> (any ConnectionBackend)? { nil }
  /// Hands it on.
  open func begin(_ mode: TransactionMode, lockTimeout: Duration?) throws {
    try base.begin(mode, lockTimeout: lockTimeout)
  }
  /// Hands it on.
  open func commit() throws { try base.commit() }
  /// Hands it on.
  open func rollback() { base.rollback() }
  /// Hands the question on.
  open func keepsServerProcess() throws -> Bool { try base.keepsServerProcess() }
  /// Closes the connection behind it.
  open func close() { base.close() }
}
