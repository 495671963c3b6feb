import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@Suite struct SettleTests {
  /// As at the end of a process that was told to stop: it must not end before its locks are released.
  @Test(arguments: TestDatabase.availableEngines)
  func waitsInACancelledTask(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let isDone = Atomic(false)
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        await session.settle { connection in
          for _ in 0..<1000 { _ = try connection.query("SELECT 1") }
          isDone.store(true, ordering: .releasing)
        }
        return isDone.load(ordering: .acquiring)
      }
      task.cancel()
      #expect(await task.value)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func doesNotWaitForEver(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      await session.settle(within: .milliseconds(20)) {
        try $0.execute(CancellationTests.longStatement(engine))
      }
      #expect(try await session.run { try $0.queryRow("SELECT 1")?[0] } == 1)
    }
  }
}
