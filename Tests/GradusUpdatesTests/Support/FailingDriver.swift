import GradusSQL
import Synchronization

/// Opens connections on which statements with a certain text fail, so many times.
final class FailingDriver: ForwardingDriver {
  let base: any Driver
  private let text: String
  private let error: SQLError
  private let left: Mutex<Int>

  init(_ base: any Driver, at text: String, times: Int, _ error: SQLError) {
    self.base = base
    self.text = text
    self.error = error
    left = Mutex(times)
  }

  /// Whether all failures have been.
  var isSpent: Bool { left.withLock { $0 == 0 } }

  func open() throws -> any ConnectionBackend { Backend(try base.open(), self) }

  private func check(_ sql: String) throws {
    guard sql.contains(text) else { return }
    try left.withLock { left in
      guard left > 0 else { return }
      left -= 1
      throw error
    }
  }

  private final class Backend: ForwardingBackend {
    private let driver: FailingDriver

    init(_ base: any ConnectionBackend, _ driver: FailingDriver) {
      self.driver = driver
      super.init(base)
    }

    override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
      try driver.check(sql)
      return try super.run(sql, parameters, row: row)
    }
  }
}
