import GradusSQL
import Synchronization

/// Counts what goes to the database: on PostgreSQL a round trip each, apart from the preparation of statements, which
/// comes once a statement.
struct CountingDriver: Driver {
  let base: any Driver
  let counter = Counter()

  final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func add() { value.withLock { $0 += 1 } }
  }

  var engine: Engine { base.engine }
  var databaseName: String { base.databaseName }
  var lockFile: String? { base.lockFile }
  func open() throws -> any ConnectionBackend { CountingBackend(try base.open(), counter) }
}

private final class CountingBackend: ConnectionBackend {
  private let base: any ConnectionBackend
  private let counter: CountingDriver.Counter

  init(_ base: any ConnectionBackend, _ counter: CountingDriver.Counter) {
    self.base = base
    self.counter = counter
  }

  var engine: Engine { base.engine }
  var interrupter: any Interrupter { base.interrupter }
  var isInTransaction: Bool { base.isInTransaction }

  func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
    counter.add()
    return try base.run(sql, parameters, row: row)
  }

  func runScript(_ sql: String) throws {
    counter.add()
    try base.runScript(sql)
  }

  func checkScript(_ sql: String) throws { try base.checkScript(sql) }

  func begin(_ mode: TransactionMode) throws {
    counter.add()
    try base.begin(mode)
  }

  func commit() throws {
    counter.add()
    try base.commit()
  }

  func rollback() { base.rollback() }
  func close() { base.close() }
}
