import GradusSQL
import GradusTestSupport
import Testing

@Suite struct HeartbeatTests {
  /// More sessions than the cooperative pool has threads on a small machine are busy in C; tasks go on.
  @Test(arguments: TestDatabase.availableEngines)
  func blockedSessionsDoNotStopOtherTasks(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      var sessions: [Session] = []
      for _ in 0..<4 { sessions.append(try await database.open()) }
      let blocked = sessions.map { session in
        Task { try await session.run { _ = try $0.execute(CancellationTests.longStatement(engine)) } }
      }
      var ticks = 0
      let end = ContinuousClock.now + .seconds(1)
      while ContinuousClock.now < end, ticks < 1000 {
        try await Task.sleep(for: .milliseconds(10))
        ticks += 1
      }
      // A hundred on an idle machine; on a blocked pool none would come before the statements end.
      #expect(ticks >= 10)
      for task in blocked { task.cancel() }
      for task in blocked {
        let error = await #expect(throws: SQLError.self) { try await task.value }
        #expect(error?.code == .cancelled)
      }
    }
  }
}
