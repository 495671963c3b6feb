import GradusSQL
import GradusSQLite
import GradusTestSupport
import Synchronization
import Testing

/// SQLite's own wait for another connection's lock hears of no interrupt.
@Suite struct LockWaitTests {
  /// What is about to run on a connection.
  private final class Statements: Sendable {
    private let count = Mutex(0)

    func note() { count.withLock { $0 += 1 } }

    /// Waits for the so-manieth one, counted from 1.
    func wait(for number: Int) async throws {
      while count.withLock(\.self) < number { try await Task.sleep(for: .milliseconds(2)) }
    }
  }

  private func withHeldLock(
    _ body: (_ holder: Session, _ waiter: Session, _ statements: Statements) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      guard case .sqlite(let path) = database.location else { return }
      let holder = try await database.open()
      try await holder.run { _ = try $0.execute("BEGIN IMMEDIATE") }
      let statements = Statements()
      let driver = StatementDriver(SQLiteDriver(path: path, busyTimeout: 60_000)) { _ in statements.note() }
      try await body(holder, try await Session.open(driver), statements)
    }
  }

  @Test func aCancellationEndsTheWaitOfAStatement() async throws {
    try await withHeldLock { holder, waiter, statements in
      let task = Task { try await waiter.run { _ = try $0.execute("CREATE TABLE t (a INTEGER)") } }
      try await statements.wait(for: 1)
      task.cancel()
      let error = await #expect(throws: SQLError.self) { try await task.value }
      #expect(error?.code == .cancelled)
      // An interrupt that came before does not end the next wait.
      async let made: Void = waiter.run { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
      try await statements.wait(for: 2)
      try await holder.run { _ = try $0.execute("ROLLBACK") }
      try await made
    }
  }

  @Test func aCancellationEndsTheWaitOfAScript() async throws {
    try await withHeldLock { _, waiter, statements in
      let task = Task { try await waiter.run { try $0.executeScript("CREATE TABLE t (a INTEGER);") } }
      try await statements.wait(for: 1)
      task.cancel()
      let failure = await #expect(throws: ScriptError.self) { try await task.value }
      #expect(failure?.error.code == .cancelled)
    }
  }
}
