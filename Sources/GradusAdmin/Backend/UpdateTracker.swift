import Gradus
package import GradusUpdates
import Synchronization

/// What this process's own workers report, for the API to show.
package final class UpdateTracker: Sendable {
  fileprivate struct OfDatabase {
    /// The update that was reported on last: it stays while the worker sleeps or is paused.
    var current: String?
    /// Whether nothing can run since.
    var isWaiting = false
    var paces: [String: UpdatePace] = [:]
  }

  private let state = Mutex<[String: OfDatabase]>([:])

  package init() {}

  /// Where the workers of a database report to.
  package func record(_ event: UpdateEvent, database: String) {
    state.withLock { state in
      var known = state[database] ?? OfDatabase()
      switch event {
      case .started(let name, _): known.go(on: name)
      case .batch(let progress, _), .progress(let progress):
        known.go(on: progress.name)
        known.paces[progress.name] = UpdatePace(rowsPerSecond: progress.rate, left: progress.eta)
      case .completed(let certificate): known.forget(certificate.name)
      case .parked(let name, _): known.forget(name)
      case .waiting: known.isWaiting = true
      case .takenOver, .failed, .stalled, .health, .disconnected, .reconnected: break
      }
      state[database] = known
    }
  }

  /// The update that this process's workers of a database are at, or were before nothing could run.
  package func current(_ database: String) -> String? { state.withLock { $0[database]?.current } }

  /// The update that this process's workers of a database are at; nil while nothing can run.
  package func running(_ database: String) -> String? {
    state.withLock { $0[database].flatMap { $0.isWaiting ? nil : $0.current } }
  }

  /// The pace that this process's workers have reported of an update.
  package func pace(_ name: String, database: String) -> UpdatePace? {
    state.withLock { $0[database]?.paces[name] }
  }
}

extension UpdateTracker.OfDatabase {
  fileprivate mutating func go(on name: String) {
    current = name
    isWaiting = false
  }

  fileprivate mutating func forget(_ name: String) {
    if current == name { current = nil }
    paces[name] = nil
  }
}
