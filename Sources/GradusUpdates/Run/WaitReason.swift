/// Why a queued update does not run.
package enum WaitReason: Sendable, Hashable {
  /// It failed too often, with this error, and waits for somebody to ask for another try.
  case parked(String)
  /// It failed too often in this run, with an error that may go by itself.
  case failed(String)
  /// It cannot be run through a connection pooler.
  case needsDirectAddress
  /// This program has no code for it.
  case unknown
  /// Another update has to be complete first.
  case dependency(String)
  /// An operator paused it.
  case paused(by: String)
  /// The time windows are closed.
  case outsideWindow
  /// Another worker has it.
  case held(by: String)
  /// To take it up needs a lock that another session holds.
  case locked
  /// Its last batch failed with this error, and the next is tried soon.
  case backingOff(String)
  /// The run was stopped.
  case stopped

  var isDependency: Bool { if case .dependency = self { true } else { false } }
}

extension WaitReason: CustomStringConvertible {
  /// For people.
  package var description: String {
    switch self {
    case .parked(let error): "parked: \(error)"
    case .failed(let error): error
    case .needsDirectAddress:
      "an index is not built through a connection pooler: run with a direct address of the server"
    case .unknown: "this program does not know it; it waits for one that does"
    case .dependency(let name): "waits for '\(name)'"
    case .paused(let who): "paused by \(who)"
    case .outsideWindow: "waits for the next time window"
    case .held(let who): "another worker has it: \(who)"
    case .locked: "waits for a lock on the queue that another session holds"
    case .backingOff(let error): "is tried again soon: \(error)"
    case .stopped: "the run was stopped"
    }
  }
}
