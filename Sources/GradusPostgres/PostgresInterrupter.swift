internal import CLibpq
import GradusSQL
import Synchronization

/// Cancels the running statement over a connection of its own; `PQcancel` may be called from any thread.
final class PostgresInterrupter: Interrupter, @unchecked Sendable {
  // Immutable; libpq only reads it.
  private let cancel: OpaquePointer?
  private let fired = Atomic(false)

  init(_ connection: OpaquePointer) { cancel = PQgetCancel(connection) }

  deinit { PQfreeCancel(cancel) }

  /// Whether `interrupt` was called since `reset`: the server's message, which tells a cancellation from a timeout,
  /// may be in any language.
  var hasFired: Bool { fired.load(ordering: .acquiring) }

  /// A statement begins.
  func reset() { fired.store(false, ordering: .releasing) }

  func interrupt() {
    fired.store(true, ordering: .releasing)
    // A failure to cancel lets the statement run on, which is all that can be done about it.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      _ = PQcancel(cancel, buffer.baseAddress, Int32(buffer.count))
    }
  }
}
