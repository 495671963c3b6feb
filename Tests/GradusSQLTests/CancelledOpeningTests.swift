import Foundation
import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@Suite struct CancelledOpeningTests {
  /// Without that, a command would not end before a server that does not answer has had its time.
  @Test(.timeLimit(.minutes(3)), arguments: TestDatabase.availableEngines)
  func whoIsCancelledDoesNotWaitForTheServer(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let driver = SlowDriver(database.driver)
      let task = Task { try await Session.open(driver) }
      while !driver.hasBegun { try await Task.sleep(for: .milliseconds(2)) }
      task.cancel()
      // The connection is let go only afterwards: who waited for it would wait for ever.
      let error = await #expect(throws: SQLError.self) { _ = try await task.value }
      #expect(error?.code == .cancelled)
      driver.letGo()
      // What was opened for nobody is closed.
      while !driver.isClosed { try await Task.sleep(for: .milliseconds(2)) }
    }
  }
}

/// Makes a connection when it is let go.
private final class SlowDriver: ForwardingDriver {
  private struct State {
    var hasBegun = false
    var mayGoOn = false
    var isClosed = false
  }

  let base: any Driver
  private let state = Mutex(State())

  init(_ base: any Driver) { self.base = base }

  var hasBegun: Bool { state.withLock(\.hasBegun) }
  var isClosed: Bool { state.withLock(\.isClosed) }

  func letGo() { state.withLock { $0.mayGoOn = true } }

  func open() throws -> any ConnectionBackend {
    state.withLock { $0.hasBegun = true }
    while !state.withLock(\.mayGoOn) { Thread.sleep(forTimeInterval: 0.002) }
    return Backend(try base.open(), self)
  }

  private func noteClosing() { state.withLock { $0.isClosed = true } }

  private final class Backend: ForwardingBackend {
    private let driver: SlowDriver

    init(_ base: any ConnectionBackend, _ driver: SlowDriver) {
      self.driver = driver
      super.init(base)
    }

    override func close() {
      super.close()
      driver.noteClosing()
    }
  }
}
