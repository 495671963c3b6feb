import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// What the job says of a database that is not as it should be, and what it leaves to whoever runs it.
@Suite struct DirectoryFailureTests {
  private static let settings = Result<DirectorySettings, any Error>.success(
    DirectorySettings(serverName: "local"))

  /// On SQLite, where the table's definition is needed.
  @Test func aMissingTableIsNoStagingTable() async throws {
    try await DirectoryWorld.with(.sqlite) { directory in
      let connection = directory.connection
      _ = try UpdateLoop.run(DirectoryCreateTablesUpdate(settings: Self.settings), size: 1, on: connection)
      try connection.execute("DROP TABLE user_directory_search")
      let error = #expect(throws: HomeserverError.self) {
        try UpdateLoop.run(DirectoryRoomsUpdate(settings: Self.settings), size: 1, on: connection)
      }
      #expect(error?.code == .tableMissing)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aMissingPositionIsNoStagingTable(_ engine: Engine) async throws {
    try await DirectoryWorld.with(engine) { directory in
      try directory.connection.execute("DELETE FROM user_directory_stream_pos")
      let error = #expect(throws: HomeserverError.self) {
        try DirectoryCleanupUpdate().verify(on: directory.connection)
      }
      #expect(error?.code == .positionMissing)
    }
  }

  /// How long a statement waits for a lock is configured, and set by the runner for the batch.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
  func howLongLocksAreWaitedForStays() async throws {
    try await DirectoryWorld.with(.postgres) { directory in
      let wait = try directory.connection.transaction { connection in
        try connection.execute("SET LOCAL lock_timeout = '7s'")
        _ = try DirectoryCreateTablesUpdate(settings: Self.settings).runBatch(
          .init(position: nil), size: 1, on: connection)
        try DirectoryTables.erase(on: connection)
        return try connection.queryRow("SHOW lock_timeout")?.text(0)
      }
      #expect(wait == "7s")
    }
  }
}
