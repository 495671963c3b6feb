import GradusSQL

/// A driver whose connections say that they go through a pooler.
struct PooledDriver: ForwardingDriver {
  let base: any Driver

  init(_ base: any Driver) { self.base = base }

  // Locks of the server's sessions are all that there is.
  var lockFile: String? { nil }
  var liveFolder: String? { nil }

  func open() throws -> any ConnectionBackend { PooledBackend(try base.open()) }
}

private final class PooledBackend: ForwardingBackend {
  override func keepsServerProcess() throws -> Bool { false }
}
