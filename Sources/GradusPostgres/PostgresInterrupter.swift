internal import CGradusLibpq
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
  private let statement = Mutex(Statement())
  private let patience: Duration

  /// What the connection is at.
  private struct Statement {
    var isRunning = false
    /// When it was asked to end.
    var askedAt: ContinuousClock.Instant?
  }

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

  /// Whether the last statement was interrupted: the server's message, which tells a cancellation from a timeout, may be
  /// in any language.
  var hasFired: Bool { fired.load(ordering: .acquiring) }

  /// A statement begins.
  func begin() {
    fired.store(false, ordering: .releasing)
    statement.withLock { $0 = Statement(isRunning: true) }
  }

  /// The statement has ended. What is asked from now on is asked of none, and makes none late that comes after it.
  func end() { statement.withLock { $0 = Statement() } }

  func interrupt() {
    let asked: ContinuousClock.Instant? = statement.withLock { statement in
      guard statement.isRunning else { return nil }
      fired.store(true, ordering: .releasing)
      let first = statement.askedAt ?? .now
      statement.askedAt = first
      return first
    }
    guard let first = asked else { return }
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
    // It may have ended meanwhile.
    if isLate, statement.withLock({ $0.askedAt == first }) { _ = shutdown(socket, Int32(SHUT_RDWR)) }
  }
}
