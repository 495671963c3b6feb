import Gradus
import Synchronization

/// What a migration has come to, over the connections that it loses.
final class MigrationRecord: Sendable {
  private let state = Mutex((plan: Plan?.none, hasProgress: false))

  /// The plan as it was before anything was done.
  var plan: Plan? { state.withLock(\.plan) }

  func note(_ event: MigrationEvent) {
    state.withLock { state in
      switch event {
      case .planned(let plan): state.plan = state.plan ?? plan
      case .stepFinished, .update: state.hasProgress = true
      default: break
      }
    }
  }

  /// Whether anything was committed since this was asked last.
  func takeProgress() -> Bool {
    state.withLock { state in
      defer { state.hasProgress = false }
      return state.hasProgress
    }
  }
}
