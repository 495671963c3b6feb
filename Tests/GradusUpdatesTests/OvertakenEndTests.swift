import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus
@testable import GradusUpdates

/// An update whose result is looked at outside the transaction that ends it, while somebody else writes.
@Suite struct OvertakenEndTests {
  /// Has nothing to do; while it is looked at for the first time, another process's purge holds its batches off.
  private struct Overtaken: HasNothingToDo {
    let name = "overtaken"
    let looks = Counter()

    func verify(on connection: Connection) throws -> String {
      looks.increment()
      if looks.count == 1 { try BookkeepingWriter(connection: connection).holdOff(update: name) }
      return "look \(looks.count)"
    }
  }

  /// Has nothing to do; once that is seen, and before it is ended, another process's purge holds its batches off.
  private struct Purged: UpdateHandler {
    let name = "overtaken"
    let batches = Counter()
    let purges = Counter()
    /// What the other process does.
    var purge: @Sendable (Connection) throws -> Void = {
      _ = try BookkeepingWriter(connection: $0).holdOff(update: "overtaken")
    }

    func runBatch(
      _ progress: NoProgress, size: Int, on connection: Connection
    ) throws -> BatchResult<NoProgress> {
      batches.increment()
      return .end
    }

    /// What is left is asked for between the two.
    func estimateRemaining(_ progress: NoProgress, on connection: Connection) throws -> Int? {
      guard batches.count == 1, purges.count == 0 else { return 0 }
      purges.increment()
      try purge(connection)
      return 0
    }
  }

  /// An update that guards queue ends in a transaction of its own on both engines.
  private func with(_ engine: Engine, _ body: (Workshop) async throws -> Void) async throws {
    try await Workshop.with(engine, [QueuedUpdate(name: "overtaken")]) { shop in
      try await shop.session.run { connection in
        _ = try connection.execute(
          """
          INSERT INTO gradus_guard_triggers (name, migration, table_name, update_name)
          VALUES ('guard', 'migration', 'numbers', 'overtaken')
          """)
      }
      try await body(shop)
    }
  }

  /// What was found then may have been right before, and the purge has left the update where it stands, to go on from
  /// there.
  @Test(arguments: TestDatabase.availableEngines)
  func itLooksAgain(engine: Engine) async throws {
    try await with(engine) { shop in
      let registry = UpdateRegistry(handlers: [Overtaken()])
      #expect(try await shop.runner(registry).run().completed == ["overtaken"])
      let certificate = try await shop.session.run { try UpdateCertificate.read("overtaken", on: $0) }
      #expect(certificate?.verified == "look 2")
    }
  }

  /// On SQLite a runner that completes in the foreground may be at it beside another one: each that finds nothing left
  /// must not have the other look again, and so on without an end.
  @Test func anotherOnesLookIsNoReason() async throws {
    try await with(.sqlite) { shop in
      let work = try #require(UpdateRegistry(handlers: [Purged()]).work(for: "overtaken"))
      let executor = BatchExecutor(
        session: shop.session, terms: LeaseTerms(worker: "any", duration: .seconds(60)),
        limits: TransactionLimits(lock: .seconds(1)), version: nil)
      func batch() async throws -> BatchRun.End {
        try await executor.run(
          work, size: 1, controller: BatchController(maxSize: 1), target: 100, countsWaiters: false
        ).0.end
      }
      guard case .exhausted(let progress, let version) = try await batch() else {
        Issue.record("there is nothing to do")
        return
      }
      // When a row was written is told in milliseconds.
      try await Task.sleep(for: .milliseconds(5))
      _ = try await batch()
      let end = try await executor.finish(work, at: progress, version)
      let isCompleted = if case .completed = end { true } else { false }
      #expect(isCompleted, "\(end)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func itRunsAgain(engine: Engine) async throws {
    try await with(engine) { shop in
      let handler = Purged()
      let summary = try await shop.runner(UpdateRegistry(handlers: [handler])).run()
      #expect(summary.completed == ["overtaken"])
      #expect(handler.purges.count == 1)
      #expect(handler.batches.count == 2)
    }
  }

  /// With the guards goes what told to look for their keys once more before the end.
  @Test(arguments: TestDatabase.availableEngines)
  func itRunsAgainWhereItsGuardsGo(engine: Engine) async throws {
    try await with(engine) { shop in
      let handler = Purged { try GuardInstaller(connection: $0).remove("migration") }
      let summary = try await shop.runner(UpdateRegistry(handlers: [handler])).run()
      #expect(summary.completed == ["overtaken"])
      #expect(handler.purges.count == 1)
      #expect(handler.batches.count == 2)
    }
  }
}
