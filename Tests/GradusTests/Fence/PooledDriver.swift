import GradusSQL

/// A driver whose connections say that they go through a pooler.
struct PooledDriver: Driver {
  private let base: any Driver

  init(_ base: any Driver) { self.base = base }

  var engine: Engine { base.engine }
  var databaseName: String { base.databaseName }
  func open() throws -> any ConnectionBackend { PooledBackend(try base.open()) }
}

private final class PooledBackend: ConnectionBackend {
  private let base: any ConnectionBackend

  init(_ base: any ConnectionBackend) { self.base = base }

  var engine: Engine { base.engine }
  var interrupter: any Interrupter { base.interrupter }
  var isInTransaction: Bool { base.isInTransaction }

  func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
    try base.run(sql, parameters, row: row)
  }

  func runScript(_ sql: String) throws { try base.runScript(sql) }
  func checkScript(_ sql: String) throws { try base.checkScript(sql) }
  func begin(_ mode: TransactionMode) throws { try base.begin(mode) }
  func commit() throws { try base.commit() }
  func rollback() { base.rollback() }
  func keepsServerProcess() throws -> Bool { false }
  func close() { base.close() }
}
