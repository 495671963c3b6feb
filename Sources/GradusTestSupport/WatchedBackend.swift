package import GradusSQL

/// A connection that tells of all that is asked of the database before it hands it on.
package final class WatchedBackend: ForwardingBackend {
  private let willRun: (_ sql: String) throws -> Void
  private let didCommit: () throws -> Void

  /// - Parameters:
  ///   - base: the connection behind it.
  ///   - willRun: gets what is about to run, which fails with what this throws: a statement, a script, or a name of what is
  ///     neither, such as `BEGIN`.
  ///   - didCommit: runs behind a commit, which fails with what it throws.
  package init(
    _ base: any ConnectionBackend, willRun: @escaping (_ sql: String) throws -> Void,
    didCommit: @escaping () throws -> Void = {}
  ) {
    self.willRun = willRun
    self.didCommit = didCommit
    super.init(base)
  }

  package override func run(
    _ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void
  ) throws -> Int {
    try willRun(sql)
    return try super.run(sql, parameters, row: row)
  }

  package override func runRaw(
    _ sql: String, _ parameters: [SQLValue], row: ([RawValue]) throws -> Bool
  ) throws {
    try willRun(sql)
    try super.runRaw(sql, parameters, row: row)
  }

  package override func copy(
    into table: String, columns: [String], _ next: () throws -> CopyText?
  ) throws -> Int {
    try willRun("COPY \(table)")
    return try super.copy(into: table, columns: columns, next)
  }

  package override func runScript(_ sql: String) throws {
    try willRun(sql)
    try super.runScript(sql)
  }

  package override func checkScript(_ sql: String) throws {
    try willRun("check")
    try super.checkScript(sql)
  }

  package override func accepts(_ scripts: [String]) throws -> Bool {
    try willRun("check")
    return try super.accepts(scripts)
  }

  package override func begin(_ mode: TransactionMode, lockTimeout: Duration?) throws {
    try willRun("BEGIN")
    try super.begin(mode, lockTimeout: lockTimeout)
  }

  package override func commit() throws {
    try willRun("COMMIT")
    try super.commit()
    try didCommit()
  }
}
