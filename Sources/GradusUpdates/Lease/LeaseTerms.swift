import Foundation
import Gradus

/// Who holds an update and for how long at a time.
struct LeaseTerms: Sendable, Hashable {
  /// The worker's identity, unique over hosts.
  var worker: String
  /// How long a hold lasts without a sign of life; `longest` at most.
  let duration: Duration

  static let longest = Duration.seconds(3_600)

  init(worker: String, duration: Duration) {
    self.worker = worker
    self.duration = min(duration, Self.longest)
  }

  /// The identity of a new worker of this process.
  static func newWorker() -> String { "\(ofProcess)\(UUID().uuidString.prefix(8))" }

  /// With a mark of its own: in two containers that have one host's name, both may be process 1.
  private static let ofProcess = "\(ProcessIdentity.current), worker \(UUID().uuidString.prefix(4))-"

  /// Whether a holder is a worker of this process.
  func isOfSameProcess(_ holder: String?) -> Bool { holder?.hasPrefix(Self.ofProcess) ?? false }
}
