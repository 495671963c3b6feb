import Foundation
import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@Suite struct CancellationTests {
  /// A statement that runs for minutes.
  static func longStatement(_ engine: Engine) -> String {
    switch engine {
    case .sqlite:
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) SELECT count(*) FROM n"
    case .postgres: "SELECT pg_sleep(600)"
    }
  }

  /// Cancels a transaction within its long statement, and expects that it ends at once.
  ///
  /// - Parameter body: calls `begin` right before the statement.
  static func expectCancellation(
    of session: Session, _ body: @escaping @Sendable (Connection, _ begin: () -> Void) throws -> Void
  ) async throws {
    let hasStarted = Atomic(false)
    let task = Task {
      try await session.transaction { connection in
        try body(connection) { hasStarted.store(true, ordering: .releasing) }
      }
    }
    while !hasStarted.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(5)) }
    try await Task.sleep(for: .milliseconds(100))
    let start = ContinuousClock.now
    task.cancel()
    let error = await #expect(throws: SQLError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test(arguments: TestDatabase.availableEngines)
  func stopsStatementAndRollsBack(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
      try await Self.expectCancellation(of: session) { connection, begin in
        try connection.execute("INSERT INTO t VALUES (1)")
        begin()
        try connection.execute(Self.longStatement(engine))
      }
      try await session.run { connection in
        #expect(!connection.isInTransaction)
        try #expect(connection.queryRow("SELECT count(*) FROM t")?[0] == 0)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func stopsScript(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let hasStarted = Atomic(false)
      let task = Task {
        try await session.run { connection in
          hasStarted.store(true, ordering: .releasing)
          try connection.executeScript("SELECT 1;\n\(Self.longStatement(engine));")
        }
      }
      while !hasStarted.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(5)) }
      try await Task.sleep(for: .milliseconds(200))
      task.cancel()
      let failure = await #expect(throws: ScriptError.self) { try await task.value }
      #expect(failure?.error.code == .cancelled)
      // The second, unless this machine was too busy to have got that far; each statement has a line of its own.
      #expect(failure?.ordinal == failure?.error.position?.line)
    }
  }

  /// A task that is cancelled before it starts, or between two statements, runs none.
  @Test(arguments: TestDatabase.availableEngines)
  func startsNoStatementOnceCancelled(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        try await session.run { _ = try $0.execute(Self.longStatement(engine)) }
      }
      task.cancel()
      let error = await #expect(throws: SQLError.self) { try await task.value }
      #expect(error?.code == .cancelled)

      let second = Task {
        try await session.run { connection in
          while !Task.isCancelled { Thread.sleep(forTimeInterval: 0.001) }
          try connection.execute(Self.longStatement(engine))
        }
      }
      second.cancel()
      let other = await #expect(throws: SQLError.self) { try await second.value }
      #expect(other?.code == .cancelled)
    }
  }

  /// The cancellation comes at every moment of a short job, also after its end.
  @Test(arguments: TestDatabase.availableEngines)
  func lateCancelSparesTheNextJob(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      for round in 0..<60 {
        let task = Task { try await session.run { try $0.query("SELECT 1").count } }
        if round % 3 > 0 { try await Task.sleep(for: .microseconds(50 * round)) }
        task.cancel()
        // Jobs that queue up right behind.
        let next = try await session.run { connection in
          try (0..<20).map { try connection.queryRow("SELECT \($0)")?[0] }.last
        }
        #expect(next == 19)
        _ = try? await task.value
      }
    }
  }
}
