import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus
@testable import GradusUpdates

/// Updates that walk through several phases.
@Suite struct PhaseTests {
  /// A start has found something stale while the first phase was under way, and left a mark amid the second.
  @Test(arguments: TestDatabase.availableEngines)
  func aMarkAmidTheNextPhaseLeavesNothingOut(engine: Engine) async throws {
    try await Workshop.with(engine, numbers: 100, [QueuedUpdate(name: "phased")]) { shop in
      try await shop.session.run { connection in
        _ = try connection.execute(
          "INSERT INTO gradus_stale_marks (update_name, position, progress) VALUES ('phased', 50, $1)",
          [.text(Phased.Progress(phase: 2, count: 50).json)])
      }
      #expect(
        try await shop.runner(UpdateRegistry(handlers: [Phased()]), .fast(20)).run().completed == ["phased"])
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
      #expect(try await shop.values("SELECT count(*) FROM gradus_stale_marks") == [0])
    }
  }
}

/// Looks at all numbers, and then doubles them.
private struct Phased: RangedUpdateHandler {
  struct Progress: UpdateProgress, Codable, Equatable {
    /// Nil in the first.
    var phase: Int?
    /// How many numbers are done.
    var count: Int?
  }
  let name = "phased"

  private func total(_ connection: Connection) throws -> Int {
    Int(try connection.queryRow("SELECT count(*) FROM numbers")!.integer(0))
  }

  func runBatch(_ progress: Progress, upTo end: Progress?, size: Int, on connection: Connection) throws
    -> BatchResult<Progress>
  {
    let (start, end) = (progress.count ?? 0, try end?.count ?? total(connection))
    guard start < end else { return .end }
    let next = min(start + size, end)
    var written = 0
    if progress.phase != nil {
      written = try connection.execute(
        "UPDATE numbers SET double = 2 * b WHERE b >= $1 AND b < $2", [SQLValue(start), SQLValue(next)])
    }
    return BatchResult(
      next: Progress(phase: progress.phase, count: next), scanned: next - start, written: written)
  }

  func nextRange(past progress: Progress, rows: Int, on connection: Connection) throws -> UpdateRange<
    Progress
  >? {
    let (start, end) = (progress.count ?? 0, try total(connection))
    guard start < end else { return nil }
    let next = min(start + rows, end)
    return UpdateRange(
      start: progress, end: Progress(phase: progress.phase, count: next), rows: next - start)
  }

  func nextPhase(after progress: Progress, on connection: Connection) throws -> Progress? {
    progress.phase == nil ? Progress(phase: 2, count: 0) : nil
  }
}
