import Gradus
import GradusSQL
import Synchronization

/// What the workers of a pool have come to, over the connections that they lose.
final class RunRecord: Sendable {
  private let state = Mutex(State())

  private struct State {
    var completed: [String] = []
    /// The last certificate of each of them.
    var certificates: [String: UpdateCertificate] = [:]
    /// What each worker is at.
    var current: [Int: String] = [:]
    var hasProgress: Set<Int> = []
  }

  /// The updates that were completed, in order.
  var completed: [String] { state.withLock(\.completed) }

  /// - Returns: whether it is news: of one completion two workers may tell, where the connection of the first was lost.
  func note(_ event: UpdateEvent, of worker: Int) -> Bool {
    state.withLock { state in
      switch event {
      case .started(let name, _): state.current[worker] = name
      case .batch(let progress, _):
        state.current[worker] = progress.name
        state.hasProgress.insert(worker)
      case .completed(let certificate):
        guard state.certificates.updateValue(certificate, forKey: certificate.name) != certificate else {
          return false
        }
        state.completed.append(certificate.name)
        state.current[worker] = nil
        state.hasProgress.insert(worker)
      default: break
      }
      return true
    }
  }

  /// Whether a worker has committed anything since this was asked last.
  func takeProgress(of worker: Int) -> Bool { state.withLock { $0.hasProgress.remove(worker) != nil } }

  /// The certificate of the update that a worker was at when its connection was lost, where its last commit was that
  /// of the certificate and only the answer to it did not arrive.
  func unheardCompletion(of worker: Int, on session: Session) async throws -> UpdateCertificate? {
    guard let name = state.withLock({ $0.current[worker] }) else { return nil }
    return try await session.run { connection in
      guard try !QueueControls(connection).isQueued(name),
        let certificate = try UpdateCertificate.read(name, on: connection),
        certificate.completedBy == ProcessIdentity.current
      else { return nil }
      return certificate
    }
  }
}
