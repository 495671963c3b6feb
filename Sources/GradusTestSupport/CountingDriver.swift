public import GradusSQL
import Synchronization

/// Counts the statements that go to a database, and keeps their text.
public final class CountingDriver: ForwardingDriver {
  /// What opens the connections.
  public let base: any Driver
  private let log = Mutex<[String]>([])

  /// - Parameter base: what opens the connections.
  public init(_ base: any Driver) { self.base = base }

  /// The statements since the last reset, `BEGIN` and `COMMIT` among them.
  public var statements: [String] { log.withLock { $0 } }
  /// Forgets the statements so far.
  public func reset() { log.withLock { $0.removeAll() } }

  /// Opens a connection whose statements are counted.
  public func open() throws -> any ConnectionBackend {
    WatchedBackend(try base.open(), willRun: { statement in self.log.withLock { $0.append(statement) } })
  }
}
