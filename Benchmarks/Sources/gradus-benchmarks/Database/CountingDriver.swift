import GradusSQL
import GradusTestSupport
import Synchronization

/// Counts what goes to the database: on PostgreSQL a round trip each, apart from the preparation of statements, which
/// comes once a statement.
struct CountingDriver: ForwardingDriver {
  let base: any Driver
  let counter = Counter()

  final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func add() { value.withLock { $0 += 1 } }
  }

  func open() throws -> any ConnectionBackend { CountingBackend(try base.open(), counter) }
}

private final class CountingBackend: ForwardingBackend {
  private let counter: CountingDriver.Counter

  init(_ base: any ConnectionBackend, _ counter: CountingDriver.Counter) {
    self.counter = counter
    super.init(base)
  }

  override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
    counter.add()
    return try super.run(sql, parameters, row: row)
  }

  override func runScript(_ sql: String) throws {
    counter.add()
    try super.runScript(sql)
  }

  override func begin(_ mode: TransactionMode, lockTimeout: Duration?) throws {
    counter.add()
    try super.begin(mode, lockTimeout: lockTimeout)
  }

  override func commit() throws {
    counter.add()
    try super.commit()
  }
}
