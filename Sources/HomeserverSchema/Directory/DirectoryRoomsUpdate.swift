package import GradusSQL
package import GradusUpdates

/// Empties the user directory, and writes who can be found through which room, with the profiles of other servers' users.
package struct DirectoryRoomsUpdate: UpdateHandler {
  /// The update's name in the queue.
  package let name = "populate_user_directory_process_rooms"

  private let settings: Result<DirectorySettings, any Error>

  /// - Parameter settings: what must be known of the server, or why it is not, with which each batch fails.
  package init(settings: Result<DirectorySettings, any Error>) { self.settings = settings }

  /// Does the next rooms, largest first. A batch is measured in state events.
  package func runBatch(
    _ progress: DirectoryProgress, size: Int, on connection: Connection
  ) throws -> BatchResult<DirectoryProgress> {
    let settings = try settings.get()
    try DirectoryStaging.require(DirectoryStaging.rooms, on: connection)
    let remaining = try progress.remaining ?? DirectoryStaging.count(DirectoryStaging.rooms, on: connection)
    var skips = SkipCounter()
    guard progress.isBegun else {
      // By itself, as nobody can read the tables meanwhile.
      try DirectoryTables.erase(on: connection)
      try skips.countByteIDs("room_id", in: DirectoryStaging.rooms, on: connection)
      return BatchResult(
        next: DirectoryProgress(remaining: remaining), scanned: 0, written: 0, skipped: skips.counts)
    }
    let rooms = try DirectoryRooms(
      upTo: size, serverName: settings.serverName, on: connection, skips: &skips)
    guard !rooms.staged.isEmpty else { return .end }
    let written = try DirectoryMembers(rooms: rooms.joined, settings: settings, connection: connection)
      .write(skips: &skips)
    let done = try connection.execute(over: .texts("room_id", rooms.staged)) { source in
      "DELETE FROM \(DirectoryStaging.rooms) WHERE room_id IN (SELECT k.room_id FROM \(source))"
    }
    // They would come again in each batch, for ever.
    guard done >= rooms.staged.count else {
      throw HomeserverError(
        .stagingRowsStay,
        "of \(rooms.staged.count) rooms that are done \(done) could be taken off \(DirectoryStaging.rooms): "
          + "see that no other program is at this job; then \(DirectoryStaging.startingAnew)"
      )
    }
    return BatchResult(
      next: DirectoryProgress(remaining: remaining - done), scanned: rooms.events, written: written,
      skipped: skips.counts)
  }

  /// The state events of the rooms that are left.
  package func estimateRemaining(_ progress: DirectoryProgress, on connection: Connection) throws -> Int? {
    guard try connection.hasTable(DirectoryStaging.rooms) else { return nil }
    let row = try connection.queryRow(
      "SELECT CAST(COALESCE(SUM(events), 0) AS BIGINT) FROM \(DirectoryStaging.rooms)")
    return row?[0].integer.map { Int($0) }
  }
}
