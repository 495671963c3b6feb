import GradusSQL
import GradusTestSupport
import Testing

@Suite struct HeartbeatTests {
  /// More sessions than the cooperative pool has threads on a small machine are busy in C; tasks go on.
  @Test(.timeLimit(.minutes(3)), arguments: TestDatabase.availableEngines)
  func blockedSessionsDoNotStopOtherTasks(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      var sessions: [Session] = []
      for _ in 0..<4 { sessions.append(try await database.open()) }
      let blocked = sessions.map { session in
        Task { try await session.run { _ = try $0.execute(CancellationTests.longStatement(engine)) } }
      }
      // On a blocked pool none of these would come before the statements end, which they do not by themselves.
      for _ in 0..<10 { try await Task.sleep(for: .milliseconds(10)) }
      for task in blocked { task.cancel() }
      for task in blocked {
        let error = await #expect(throws: SQLError.self) { try await task.value }
        #expect(error?.code == .cancelled)
      }
    }
  }
}
