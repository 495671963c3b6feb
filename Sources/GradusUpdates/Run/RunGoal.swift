/// When a run ends.
public enum RunGoal: Sendable, Hashable {
  /// When nothing more can run now: what is paused or outside its time window remains.
  case idle
  /// When nothing more can run without somebody's doing: pauses and time windows are waited out.
  case done
  /// Never by itself: it waits for updates to be queued.
  case forever

  /// Whether what is blocked for these reasons is worth waiting for.
  func waits(for reasons: some Sequence<WaitReason>) -> Bool {
    if self == .forever { return true }
    return reasons.contains { reason in
      switch reason {
      case .held, .locked, .backingOff: true
      case .paused, .outsideWindow: self == .done
      // What a dependency waits for is in the list, too.
      case .parked, .failed, .needsDirectAddress, .unknown, .stopped, .dependency: false
      }
    }
  }
}
