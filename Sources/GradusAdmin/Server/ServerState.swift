import Synchronization

/// How far the program is with its start, for `/ready` and for routes that need the tables.
package final class ServerState: Sendable {
  package enum Phase: Sendable, Hashable {
    /// The start-up migration has not finished; what it is at.
    case starting(String)
    /// The databases may be used.
    case serving
    /// The program is about to end, for this reason.
    case stopping(String)
  }

  private let phase: Mutex<Phase>

  package init(_ phase: Phase = .starting("the start-up migration has not finished")) {
    self.phase = Mutex(phase)
  }

  package var current: Phase { phase.withLock { $0 } }

  /// Enters a phase. What stops does not start again.
  package func enter(_ next: Phase) {
    phase.withLock { phase in
      if case .stopping = phase { return }
      phase = next
    }
  }
}
