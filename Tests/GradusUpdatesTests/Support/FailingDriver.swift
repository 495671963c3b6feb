import GradusSQL
import GradusTestSupport
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

  func open() throws -> any ConnectionBackend { try StatementDriver(base) { try self.check($0) }.open() }

  private func check(_ sql: String) throws {
    guard sql.contains(text) else { return }
    try left.withLock { left in
      guard left > 0 else { return }
      left -= 1
      throw error
    }
  }
}
