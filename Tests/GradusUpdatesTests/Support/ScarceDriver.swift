import GradusSQL
import Synchronization

/// Of a server that opens so many connections.
final class ScarceDriver: ForwardingDriver {
  let base: any Driver
  private let left: Mutex<Int>

  init(_ base: any Driver, connections: Int) {
    self.base = base
    left = Mutex(connections)
  }

  func open() throws -> any ConnectionBackend {
    try left.withLock { left in
      guard left > 0 else { throw SQLError(.cannotConnect, "too many connections") }
      left -= 1
    }
    return try base.open()
  }
}
