internal import CLibpq
import Foundation
import GradusSQL
import Synchronization

/// Cancels the running statement over a connection of its own; `PQcancel` may be called from any thread.
///
/// Where the server does not answer that either, or goes on regardless, the statement's own connection is broken off
/// after a while: nobody is kept waiting for ever who has asked for an end.
final class PostgresInterrupter: Interrupter, @unchecked Sendable {
  // Immutable; libpq only reads it.
  private let cancel: OpaquePointer?
  /// The connection's socket under a number of its own, which libpq does not give back.
  private let socket: Int32
  private let fired = Atomic(false)
  private let askedAt = Mutex<ContinuousClock.Instant?>(nil)
  private let patience: Duration

  /// - Parameters:
  ///   - connection: the connection.
  ///   - patience: how long a statement may go on that was asked to end.
  init(_ connection: OpaquePointer, patience: Duration = .seconds(10)) {
    cancel = PQgetCancel(connection)
    socket = fcntl(PQsocket(connection), F_DUPFD_CLOEXEC, 0)
    self.patience = patience
  }

  deinit {
    PQfreeCancel(cancel)
    close(socket)
  }

  /// Whether `interrupt` was called since `reset`: the server's message, which tells a cancellation from a timeout,
  /// may be in any language.
  var hasFired: Bool { fired.load(ordering: .acquiring) }

  /// A statement begins.
  func reset() {
    fired.store(false, ordering: .releasing)
    askedAt.withLock { $0 = nil }
  }

  func interrupt() {
    fired.store(true, ordering: .releasing)
    let first = askedAt.withLock { askedAt in
      askedAt = askedAt ?? .now
      return askedAt!
    }
    // It has no time limit of its own.
    let answered = DispatchSemaphore(value: 0)
    DetachedThread.run {
      // A failure to cancel lets the statement run on, until patience ends.
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        _ = PQcancel(self.cancel, buffer.baseAddress, Int32(buffer.count))
      }
      answered.signal()
    }
    let (seconds, attoseconds) = max(.zero, first + patience - .now).components
    let rest = DispatchTimeInterval.nanoseconds(
      Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
    let isLate = answered.wait(timeout: .now() + rest) == .timedOut || .now - first >= patience
    if isLate { _ = shutdown(socket, Int32(SHUT_RDWR)) }
  }
}
