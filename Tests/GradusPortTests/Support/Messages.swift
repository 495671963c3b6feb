import GradusPort
import Synchronization

/// What a port says that it does.
final class Messages: Sendable {
  private let texts = Mutex<[String]>([])

  var all: [String] { texts.withLock { $0 } }

  func note(_ event: PortEvent) {
    if case .message(let text) = event { texts.withLock { $0.append(text) } }
  }
}
