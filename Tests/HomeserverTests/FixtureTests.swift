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

  @Test(arguments: TestDatabase.availableEngines, ["message", "new_room"])
  func afterRollback(_ engine: Engine, _ variant: String) async throws {
    let folder = "stale/\(variant)"
    let afterStart = try TableDump.slidingSync(fixture: "\(folder)/2-after-start")
    let expected = try TableDump.slidingSync(fixture: "\(folder)/3-after-background")
    try await FixtureDatabase.with("\(folder)/homeserver.sqlite", on: engine) { connection in
      let position = try purge(connection)
      expectEqual(try TableDump.slidingSync(connection), afterStart)
      let progress = #"{"initial_phase":false,"last_event_stream_ordering":\#(position)}"#
      _ = try UpdateLoop.run(MembershipSnapshotsUpdate(), from: progress, size: 7, on: connection)
      _ = try UpdateLoop.run(JoinedRoomsUpdate(), size: 7, on: connection)
      expectEqual(try TableDump.slidingSync(connection), expected)
    }
  }

  /// What the homeserver does at its start: rooms and memberships written since the tables' newest row are
  /// removed, the rooms queued.
  ///
  /// - Returns: where the snapshots stood.
  private func purge(_ connection: Connection) throws -> Int64 {
    let joined = try connection.queryRow("SELECT MAX(event_stream_ordering) FROM sliding_sync_joined_rooms")
    let snapshots = try connection.queryRow(
      "SELECT MAX(event_stream_ordering) FROM sliding_sync_membership_snapshots")
    let position = try #require(snapshots?[0].integer)
    return try connection.transaction { connection in
      try connection.execute(
        """
        INSERT INTO sliding_sync_joined_rooms_to_recalculate (room_id)
        SELECT DISTINCT room_id FROM events WHERE stream_ordering > $1
        """, [joined?[0] ?? .null])
      try connection.execute(
        """
        DELETE FROM sliding_sync_joined_rooms
        WHERE room_id IN (SELECT room_id FROM sliding_sync_joined_rooms_to_recalculate)
        """)
      try connection.execute(
        """
        DELETE FROM sliding_sync_membership_snapshots
        WHERE (room_id, user_id) IN (
          SELECT room_id, user_id FROM local_current_membership WHERE event_stream_ordering > $1
        )
        """, [.integer(position)])
      return position
    }
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
