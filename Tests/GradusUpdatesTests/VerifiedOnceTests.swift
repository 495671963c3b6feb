import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@testable import GradusUpdates

/// What verifies an update may read all of a table: of the workers that share it, one does.
@Suite struct VerifiedOnceTests {
  /// Has nothing to do; looking at the result takes until it is told to end.
  private final class Held: HasNothingToDo {
    let name = "held"
    let looks = Counter()
    private let isReleased = Mutex(false)

    func release() { isReleased.withLock { $0 = true } }

    func verify(on connection: Connection) throws -> String {
      looks.increment()
      for _ in 0..<12_000 {
        if isReleased.withLock({ $0 }) { break }
        Thread.sleep(forTimeInterval: 0.005)
      }
      return "looked"
    }
  }

  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func anotherWorkerWaits(engine: Engine) async throws {
    try await Workshop.with(engine, [QueuedUpdate(name: "held")]) { shop in
      let (handler, events) = (Held(), Events())
      let registry = UpdateRegistry(handlers: [handler])
      let (first, second) = (
        try await shop.runner(registry), try await shop.runner(registry, report: events.report)
      )
      async let verified = first.run()
      for _ in 0..<12_000 where handler.looks.count == 0 { try await Task.sleep(for: .milliseconds(5)) }
      async let waited = second.run()
      let hasWaited = try? await events.wait { event -> Bool? in
        guard case .waiting(let reasons) = event else { return nil }
        return reasons["held"]?.contains("another worker") == true ? true : nil
      }
      #expect(hasWaited == true)
      handler.release()
      #expect(try await verified.completed == ["held"])
      #expect(try await waited.completed.isEmpty)
      #expect(handler.looks.count == 1)
    }
  }

  /// As one whose process was stopped, or whose host is gone without a word.
  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func whoHasTheLockAndDoesNothingIsNotWaitedForForEver(engine: Engine) async throws {
    try await Workshop.with(engine) { shop in
      let holder = try await shop.place.open()
      try await holder.run { _ = try $0.query("SELECT pg_advisory_lock(\(0x7665_7269), hashtext('held'))") }
      let runs = try await shop.session.run { connection in
        try [Duration.seconds(3_600), .zero].map { patience in
          try VerificationLock.trying("held", on: connection, patience: patience) { true } ?? false
        }
      }
      #expect(runs == [false, true])
      // Another update's.
      let other = try await shop.session.run { connection in
        try VerificationLock.trying("other", on: connection, patience: .seconds(3_600)) { true }
      }
      #expect(other == true)
      try await holder.run { _ = try $0.query("SELECT pg_advisory_unlock_all()") }
    }
  }

  /// The server has given it when the question is broken off.
  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func aLockWhoseQuestionIsBrokenOffIsGivenBack(engine: Engine) async throws {
    try await Workshop.with(engine) { shop in
      let session = try await Session.open(BrokenOffDriver(base: shop.place.driver))
      let error = await #expect(throws: SQLError.self) {
        try await session.run { connection in
          _ = try VerificationLock.trying("held", on: connection, patience: .seconds(3_600)) { true }
        }
      }
      #expect(error?.code == .cancelled)
      let held = try await shop.values(
        """
        SELECT count(*) FROM pg_locks
        WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """)
      #expect(held == [0])
    }
  }
}

/// Opens connections on which asking for a session's lock is broken off when it has been given.
private struct BrokenOffDriver: ForwardingDriver {
  let base: any Driver

  func open() throws -> any ConnectionBackend { Backend(try base.open()) }

  private final class Backend: ForwardingBackend {
    override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
      let count = try super.run(sql, parameters, row: row)
      if sql.contains("pg_try_advisory_lock") { throw SQLError(.cancelled, "the operation was cancelled") }
      return count
    }
  }
}
