@testable import GradusAdmin
import GradusTestSupport
import Synchronization
import Testing

/// Requests that wait together are answered by one reading, and none by one from before it asked.
@Suite struct SharedReadingTests {
  @Test func sharesWhatHasNotBegun() async throws {
    try await Desk.with(.sqlite) { desk in
      let access = DatabaseAccess(desk.configuration.databases[0], logger: desk.configuration.logger)
      let (count, gate) = (Atomic(0), Gate())
      let reading = SharedReading(access) { _ in
        let number = count.add(1, ordering: .relaxed).newValue
        await gate.wait()
        return number
      }
      let first = Task { try await reading.value() }
      while count.load(ordering: .relaxed) == 0 { await Task.yield() }
      let others = (0..<20).map { _ in Task { try await reading.value() } }
      try await Task.sleep(for: .milliseconds(50))
      await gate.open()
      #expect(try await first.value == 1)
      for other in others { #expect(try await other.value == 2) }
      #expect(try await reading.value() == 3)
    }
  }

  @Test func failuresAreToldToAllAndForgotten() async throws {
    try await Desk.with(.sqlite) { desk in
      let access = DatabaseAccess(desk.configuration.databases[0], logger: desk.configuration.logger)
      let count = Atomic(0)
      let reading = SharedReading(access) { _ in
        guard count.add(1, ordering: .relaxed).newValue > 1 else { throw CancellationError() }
        return 1
      }
      await #expect(throws: CancellationError.self) { try await reading.value() }
      #expect(try await reading.value() == 1)
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
