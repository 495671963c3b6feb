import GradusSQL
import Synchronization

/// Counts the statements that go to a database, and keeps their text.
final class CountingDriver: Driver {
  private let base: any Driver
  private let log = Mutex<[String]>([])

  init(_ base: any Driver) { self.base = base }

  var statements: [String] { log.withLock { $0 } }
  func reset() { log.withLock { $0.removeAll() } }

  var engine: Engine { base.engine }
  var databaseName: String { base.databaseName }
  var lockFile: String? { base.lockFile }

  func open() throws -> any ConnectionBackend {
    CountingBackend(try base.open()) { statement in self.log.withLock { $0.append(statement) } }
  }
}

private final class CountingBackend: ConnectionBackend {
  private let base: any ConnectionBackend
  private let count: @Sendable (String) -> Void

  init(_ base: any ConnectionBackend, count: @escaping @Sendable (String) -> Void) {
    self.base = base
    self.count = count
  }

  var engine: Engine { base.engine }
  var interrupter: any Interrupter { base.interrupter }
  var isInTransaction: Bool { base.isInTransaction }

  func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
    count(sql)
    return try base.run(sql, parameters, row: row)
  }

  func runScript(_ sql: String) throws {
    count(sql)
    try base.runScript(sql)
  }

  func checkScript(_ sql: String) throws {
    count("check")
    try base.checkScript(sql)
  }

  func begin(_ mode: TransactionMode) throws {
    count("BEGIN")
    try base.begin(mode)
  }

  func commit() throws {
    count("COMMIT")
    try base.commit()
  }

  func rollback() { base.rollback() }
  func close() { base.close() }
}
