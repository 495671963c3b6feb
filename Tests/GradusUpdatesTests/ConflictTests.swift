import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// Batches and the application's own transactions on the same rows. SQLite has one writer at a time, who is waited for.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct ConflictTests {
  private let registry = UpdateRegistry(declarations: [Numbers.backfill])

  /// A batch that meets a row's lock gives way: it is rolled back, halved, and tried again.
  @Test func aLockedRowIsWaitedForWithoutHoldingOthers() async throws {
    try await Workshop.with(.postgres, numbers: 100, [Numbers.backfill.queueRow]) { shop in
      let application = try await shop.place.open()
      try await application.run {
        try $0.execute("BEGIN")
        try $0.execute("SELECT 1 FROM numbers WHERE a = 'key 0' AND b = 0 FOR UPDATE")
      }
      var options = UpdateOptions.fast(64)
      options.lockTimeout = .milliseconds(20)
      let events = Events()
      let runner = try await shop.runner(registry, options, report: events.report)
      async let summary = runner.run(until: .done)
      // More failures than would park it: somebody else's lock is no fault of the update.
      _ = try await events.wait { if case .failed(_, _, 5, _) = $0 { true } else { nil } }
      #expect(try await shop.values("SELECT parked_reason FROM gradus_update_controls").isEmpty)
      try await application.run { try $0.execute("COMMIT") }
      #expect(try await summary.completed == ["double"])
      let sizes = events.all.compactMap { if case .batch(_, let batch) = $0 { batch.size } else { nil } }
      #expect((sizes.first ?? 64) < 8, "\(sizes)")
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  @Test func aStatementThatTakesTooLongIsSplit() async throws {
    // Ten milliseconds a row: 64 rows are too many for the limit, a few are not.
    let slow = UpdateDeclaration(
      name: "double",
      kind: .backfill(
        .init(
          table: "numbers", key: ["a", "b"],
          sql: .init("UPDATE numbers SET double = 2 * b + 0 * length(pg_sleep(0.01)::text) WHERE {range}"))))
    try await Workshop.with(.postgres, numbers: 40, [slow.queueRow]) { shop in
      var options = UpdateOptions.fast(64, attempts: 10)
      options.statementTimeout = .milliseconds(200)
      let events = Events()
      let runner = try await shop.runner(UpdateRegistry(declarations: [slow]), options, report: events.report)
      #expect(try await runner.run().completed == ["double"])
      #expect(events.all.contains { if case .failed = $0 { true } else { false } })
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  /// So it is where the statement is one of a script.
  @Test func aLockedRowOfAScriptIsWaitedFor() async throws {
    try await Workshop.with(.postgres, numbers: 10, [QueuedUpdate(name: "scripted")]) { shop in
      let application = try await shop.place.open()
      try await application.run {
        try $0.execute("BEGIN")
        try $0.execute("SELECT 1 FROM numbers WHERE b = 0 FOR UPDATE")
      }
      var options = UpdateOptions.fast(64)
      options.lockTimeout = .milliseconds(20)
      let events = Events()
      let runner = try await shop.runner(
        UpdateRegistry(handlers: [Scripted()]), options, report: events.report)
      async let summary = runner.run(until: .done)
      _ = try await events.wait { event in
        switch event {
        case .failed(_, _, 5, _), .parked: true
        default: nil
        }
      }
      #expect(try await shop.values("SELECT parked_reason FROM gradus_update_controls").isEmpty)
      try await application.run { try $0.execute("COMMIT") }
      #expect(try await summary.completed == ["scripted"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
    }
  }

  /// Sessions that wait behind a batch are a reason to pause.
  @Test func waitingSessionsPauseTheUpdate() async throws {
    let meeting = Meeting(count: 1)
    try await Workshop.with(.postgres, numbers: 10, [QueuedUpdate(name: "blocking")]) { shop in
      let events = Events()
      let application = try await shop.place.open()
      let runner = try await shop.runner(
        UpdateRegistry(handlers: [Blocking(meeting: meeting)]), .fast, report: events.report)
      async let summary = runner.run()
      // The batch has its locks; now the application wants one of them.
      while !meeting.isComplete { try await Task.sleep(for: .milliseconds(5)) }
      try await application.run { _ = try $0.execute("UPDATE numbers SET double = 1") }
      let readings = try await events.wait { event in
        if case .health(.pause(let readings)) = event { readings } else { nil }
      }
      #expect(readings.map(\.signal) == [.lockWaiters])
      #expect(readings.first?.value == 1)
      // Once nobody waits any more it goes on.
      #expect(try await summary.completed == ["blocking"])
      #expect(events.all.contains { if case .health(.fine) = $0 { true } else { false } })
    }
  }
}

/// Does its work by a script.
private struct Scripted: UpdateHandler {
  let name = "scripted"

  func runBatch(_ progress: NoProgress, size: Int, on connection: Connection) throws -> BatchResult<
    NoProgress
  > {
    try connection.executeScript("SELECT 1; UPDATE numbers SET double = 2 * b;")
    return BatchResult(next: nil, scanned: 1, written: 1)
  }
}

/// Locks a table's rows and ends its first batch only when somebody waits for them.
private struct Blocking: UpdateHandler {
  struct Progress: UpdateProgress, Codable { var batches: Int? }
  let name = "blocking"
  let meeting: Meeting

  func runBatch(_ progress: Progress, size: Int, on connection: Connection) throws -> BatchResult<Progress> {
    if progress.batches != nil { return BatchResult(next: nil, scanned: 1, written: 1) }
    try connection.execute("UPDATE numbers SET double = 0")
    try meeting.attend()
    while try HealthProbe.lockWaiters(connection) == 0 { try connection.execute("SELECT pg_sleep(0.005)") }
    return BatchResult(next: Progress(batches: 1), scanned: 1, written: 1)
  }
}
