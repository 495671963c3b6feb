import Gradus
import Synchronization

/// What a migration has come to, over the connections that it loses.
final class MigrationRecord: Sendable {
  private struct State {
    var plan: Plan?
    var steps: [PlanStep] = []
    /// Whether the last of them has begun and is not known to be done.
    var isUnderWay = false
    var hasProgress = false

    /// A step in which the connection was lost was committed all the same, unless it is planned again.
    mutating func dropStep(ifIn plan: Plan) {
      guard isUnderWay, let last = steps.last else { return }
      isUnderWay = false
      if plan.steps.contains(where: { "\($0)" == "\(last)" }) { steps.removeLast() }
    }
  }

  private let state = Mutex(State())

  /// The plan as it was before anything was done, with the steps that have been done since; nil where none was made.
  var plan: Plan? {
    state.withLock { state in
      var plan = state.plan
      plan?.steps = state.steps
      return plan
    }
  }

  func note(_ event: MigrationEvent) {
    state.withLock { state in
      switch event {
      case .planned(let plan):
        state.plan = state.plan ?? plan
        state.dropStep(ifIn: plan)
      case .stepStarted(let step, _, _):
        state.steps.append(step)
        state.isUnderWay = true
      case .stepFinished:
        state.isUnderWay = false
        state.hasProgress = true
      case .update: state.hasProgress = true
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
