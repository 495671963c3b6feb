import GradusSQL
import GradusTestSupport
import Synchronization

/// Counts the statements that go to a database.
final class CountingDriver: ForwardingDriver {
  let base: any Driver
  private let counter = Mutex(0)

  init(_ base: any Driver) { self.base = base }

  var count: Int { counter.withLock { $0 } }
  func reset() { counter.withLock { $0 = 0 } }

  func open() throws -> any ConnectionBackend {
    Backend(try base.open()) { self.counter.withLock { $0 += 1 } }
  }

  private final class Backend: ForwardingBackend {
    private let tell: @Sendable () -> Void

    init(_ base: any ConnectionBackend, tell: @escaping @Sendable () -> Void) {
      self.tell = tell
      super.init(base)
    }

    override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
      tell()
      return try super.run(sql, parameters, row: row)
    }
  }
}
