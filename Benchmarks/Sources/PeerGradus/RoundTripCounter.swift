import GradusSQL
import Synchronization

/// Counts what is asked of a database, each with an answer to wait for.
final class RoundTripCounter: ForwardingDriver {
  let base: any Driver
  private let trips = Mutex(0)

  init(_ base: any Driver) { self.base = base }

  var count: Int { trips.withLock(\.self) }

  func reset() { trips.withLock { $0 = 0 } }

  func open() throws -> any ConnectionBackend { Backend(try base.open(), self) }

  private func note() { trips.withLock { $0 += 1 } }

  private final class Backend: ForwardingBackend {
    private let counter: RoundTripCounter

    init(_ base: any ConnectionBackend, _ counter: RoundTripCounter) {
      self.counter = counter
      super.init(base)
    }

    override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
      counter.note()
      return try super.run(sql, parameters, row: row)
    }

    override func runScript(_ sql: String) throws {
      counter.note()
      try super.runScript(sql)
    }

    override func checkScript(_ sql: String) throws {
      counter.note()
      try super.checkScript(sql)
    }

    override func accepts(_ scripts: [String]) throws -> Bool {
      counter.note()
      return try super.accepts(scripts)
    }

    override func begin(_ mode: TransactionMode, lockTimeout: Duration?) throws {
      counter.note()
      try super.begin(mode, lockTimeout: lockTimeout)
    }

    override func commit() throws {
      counter.note()
      try super.commit()
    }
  }
}
