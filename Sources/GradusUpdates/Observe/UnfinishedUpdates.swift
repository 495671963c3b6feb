import Synchronization

/// The updates of which a metric says that rows remain. The workers of a pool share it, and it outlives their connections: what
/// another process has completed meanwhile does not stay at what it was here.
final class UnfinishedUpdates: Sendable {
  private let names = Mutex<Set<String>>([])

  func insert(_ name: String) { names.withLock { _ = $0.insert(name) } }

  func remove(_ name: String) { names.withLock { _ = $0.remove(name) } }

  /// Those that are not queued any more.
  func gone(from queue: [QueueEntry]) -> Set<String> { names.withLock { $0.subtracting(queue.map(\.name)) } }
}
