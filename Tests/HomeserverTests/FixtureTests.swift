import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import HomeserverFixtures
import Testing

@testable import HomeserverSchema

/// The updates against the rows that a real homeserver computed.
@Suite(.enabled(if: Fixtures.areAvailable, "the fixtures are not there; set GRADUS_FIXTURES"))
struct FixtureTests {
  @Test(arguments: TestDatabase.availableEngines, [1, 7, 1000])
  func fullBackfill(_ engine: Engine, size: Int) async throws {
    let expected = try TableDump.slidingSync(fixture: "expected/sliding_sync")
    try await FixtureDatabase.with("homeserver-small.sqlite", on: engine) { connection in
      for (table, _) in TableDump.slidingSync { try connection.execute("DELETE FROM \(table)") }
      let outcomes = try UpdateLoop.runSlidingSync(size: size, on: connection)
      let rows = try TableDump.slidingSync(connection)
      expectEqual(rows, expected)
      let snapshots = try #require(outcomes[MembershipSnapshotsUpdate().name])
      #expect(snapshots.written == 736)
      #expect(snapshots.scanned == 736)

      let again = try UpdateLoop.runSlidingSync(size: size, on: connection)
      #expect(again.values.allSatisfy { $0.skipped.isEmpty })
      #expect(again[MembershipSnapshotsUpdate().name]?.written == 0)
      #expect(again[JoinedRoomsUpdate().name]?.written == 0)
      #expect(try UpdateLoop.run(FixForgottenUpdate(), size: size, on: connection).written == 0)
      expectEqual(try TableDump.slidingSync(connection), expected)
    }
  }

  /// Workers that share the snapshots make each once, and the same ones.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), arguments: [3, 40])
  func sharedBackfill(size: Int) async throws {
    let expected = try TableDump.slidingSync(fixture: "expected/sliding_sync")
    let (joined, snapshots) = (JoinedRoomsUpdate(), MembershipSnapshotsUpdate())
    let others: [any UpdateHandler] = [PrefillJoinedRoomsUpdate(), snapshots, FixForgottenUpdate()]
    let tables = TableDump.slidingSync.map(\.table)
    try await SharedUpdates.with(others + [joined], without: tables, size: size) { updates in
      let first = Set(others.map(\.name))
      #expect(try await updates.run(first) == first)
      #expect(try await updates.run() == [joined.name])
      expectEqual(try await updates.session.run { try TableDump.slidingSync($0) }, expected)
      #expect(try await updates.counts(of: snapshots.name) == [736, 736])
    }
  }

  /// An older version has written: a start finds what that made stale, and updates catch up.
  @Test(arguments: TestDatabase.availableEngines, ["message", "new_room"])
  func afterRollback(_ engine: Engine, _ variant: String) async throws {
    let folder = "stale/\(variant)"
    try await FixtureDatabase.withDatabase("\(folder)/homeserver.sqlite", on: engine) { place in
      let server = try await ExampleServer(place)
      try await server.start(87)
      expectEqual(try await rows(server), try rows("\(folder)/2-after-start"))
      #expect(try await server.start(87) == [])
      try await server.update()
      expectEqual(try await rows(server), try rows("\(folder)/3-after-background"))
    }
  }

  /// The same where the start has to be complete.
  @Test(arguments: TestDatabase.availableEngines, ["message", "new_room"])
  func completedAtTheStart(_ engine: Engine, _ variant: String) async throws {
    let folder = "stale/\(variant)"
    try await FixtureDatabase.withDatabase("\(folder)/homeserver.sqlite", on: engine) { place in
      let server = try await ExampleServer(place)
      try await server.start(88)
      expectEqual(try await rows(server), try rows("\(folder)/3-after-background"))
    }
  }

  /// The sliding sync tables, and the queue.
  private func rows(_ server: ExampleServer) async throws -> [String] {
    try await server.session.run { connection in
      try TableDump.slidingSync(connection)
        + TableDump.lines("background_updates", orderedBy: ["update_name"], on: connection)
    }
  }

  /// The same from a folder of the fixtures.
  private func rows(_ folder: String) throws -> [String] {
    try TableDump.slidingSync(fixture: folder) + Fixtures.lines("\(folder)/background_updates")
  }
}

/// Compares rows and shows only those that differ.
func expectEqual(
  _ rows: [String], _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation
) {
  let difference = expected.difference(from: rows)
  #expect(
    rows == expected,
    "missing: \(difference.insertions.prefix(5)) unexpected: \(difference.removals.prefix(5))",
    sourceLocation: sourceLocation)
}
