import Foundation
import GradusSQL
import GradusTestSupport
import Synchronization

/// Opens connections on which what has a certain text stands still, until it is let go.
final class HeldDriver: ForwardingDriver {
  private struct State {
    var isReached = false
    var isOpen = false
  }

  let base: any Driver
  private let text: String
  private let state = Mutex(State())

  init(_ base: any Driver, at text: String) {
    self.base = base
    self.text = text
  }

  /// Waits until something stands still.
  func waitUntilReached() async throws {
    while !state.withLock(\.isReached) { try await Task.sleep(for: .milliseconds(2)) }
  }

  /// Lets it go.
  func letGo() { state.withLock { $0.isOpen = true } }

  func open() throws -> any ConnectionBackend { try StatementDriver(base) { self.hold($0) }.open() }

  private func hold(_ sql: String) {
    guard sql.contains(text) else { return }
    state.withLock { $0.isReached = true }
    while !state.withLock(\.isOpen) { Thread.sleep(forTimeInterval: 0.002) }
  }
}
