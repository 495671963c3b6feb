import GradusSQL
import Synchronization

/// Of a server that lets nobody in the first few times.
final class LateDriver: ForwardingDriver {
  let base: any Driver
  private let left: Mutex<Int>

  init(_ base: any Driver, failures: Int) {
    self.base = base
    left = Mutex(failures)
  }

  func open() throws -> any ConnectionBackend {
    try left.withLock { left in
      guard left > 0 else { return }
      left -= 1
      throw SQLError(.cannotConnect, "nobody is let in yet")
    }
    return try base.open()
  }
}
