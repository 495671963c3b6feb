import Foundation
import GradusSQL
import Synchronization

/// Opens connections on which scripts with a certain text stand still, until they are let go.
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

  /// Waits until a script stands still.
  func waitUntilReached() async throws {
    while !state.withLock(\.isReached) { try await Task.sleep(for: .milliseconds(2)) }
  }

  /// Lets the scripts go.
  func letGo() { state.withLock { $0.isOpen = true } }

  func open() throws -> any ConnectionBackend { Backend(try base.open(), self) }

  private func hold(_ sql: String) {
    guard sql.contains(text) else { return }
    state.withLock { $0.isReached = true }
    while !state.withLock(\.isOpen) { Thread.sleep(forTimeInterval: 0.002) }
  }

  private final class Backend: ForwardingBackend {
    private let driver: HeldDriver

    init(_ base: any ConnectionBackend, _ driver: HeldDriver) {
      self.driver = driver
      super.init(base)
    }

    override func runScript(_ sql: String) throws {
      driver.hold(sql)
      try super.runScript(sql)
    }
  }
}
