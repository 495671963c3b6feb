@testable import GradusAdmin
import GradusTestSupport
import Synchronization
import Testing

/// Requests that wait together are answered by one reading, and none by one from before it asked.
@Suite struct SharedReadingTests {
  @Test func sharesWhatHasNotBegun() async throws {
    try await Desk.with(.sqlite) { desk in
      let access = DatabaseAccess(desk.configuration.databases[0], logger: desk.configuration.logger)
      let count = Mutex(0)
      let gate = Gate()
      let reading = SharedReading(access) { _ in
        let number = count.withLock {
          $0 += 1; return $0
        }
        await gate.wait()
        return number
      }
      let first = Task { try await reading.value() }
      while count.withLock({ $0 }) == 0 { await Task.yield() }
      let others = (0..<20).map { _ in Task { try await reading.value() } }
      try await Task.sleep(for: .milliseconds(50))
      await gate.open()
      #expect(try await first.value == 1)
      for other in others { #expect(try await other.value == 2) }
      let later = try await reading.value()
      #expect(later == 3)
    }
  }

  @Test func failuresAreToldToAllAndForgotten() async throws {
    try await Desk.with(.sqlite) { desk in
      let access = DatabaseAccess(desk.configuration.databases[0], logger: desk.configuration.logger)
      let count = Mutex(0)
      let reading = SharedReading(access) { _ in
        if count.withLock({
          $0 += 1; return $0 == 1
        }) {
          throw CancellationError()
        }
        return 1
      }
      await #expect(throws: CancellationError.self) { () async throws in _ = try await reading.value() }
      let second = try await reading.value()
      #expect(second == 1)
    }
  }

  private actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func wait() async {
      if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }

    func open() {
      isOpen = true
      for continuation in waiting { continuation.resume() }
      waiting = []
    }
  }
}
