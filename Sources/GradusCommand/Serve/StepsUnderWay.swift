import Gradus
import Synchronization

/// Whether a migration is at a step, and does not merely wait for its turn to begin.
final class StepsUnderWay: Sendable {
  private let state = Mutex(false)

  var isAny: Bool { state.withLock(\.self) }

  func note(_ event: MigrationEvent) {
    switch event {
    case .stepStarted: state.withLock { $0 = true }
    case .stepFinished: state.withLock { $0 = false }
    default: break
    }
  }
}
