package import GradusSQL
package import GradusUpdates

/// Notes which rooms and users there are, for the directory's other updates, and where the stream of state changes stands.
package struct DirectoryCreateTablesUpdate: UpdateHandler {
  /// Where the stream stood.
  package struct Progress: UpdateProgress, Codable, Equatable {
    /// The greatest position of a change; nil before the first batch.
    package var position: Int64?
  }

  /// The update's name in the queue.
  package let name = "populate_user_directory_createtables"

  private let settings: Result<DirectorySettings, any Error>

  /// - Parameter settings: what must be known of the server, or why it is not: the job then waits, parked, before it has
  ///   changed anything.
  package init(settings: Result<DirectorySettings, any Error>) { self.settings = settings }

  /// Takes the position, and only then, in a batch of its own, the rooms: what changes in between is in both.
  package func runBatch(_ progress: Progress, size: Int, on connection: Connection) throws -> BatchResult<
    Progress
  > {
    _ = try settings.get()
    guard let position = progress.position else {
      return BatchResult(next: Progress(position: try currentPosition(connection)), scanned: 1, written: 0)
    }
    let written = try DirectoryStaging.create(position: position, on: connection)
    return BatchResult(next: nil, scanned: 1, written: written)
  }

  private func currentPosition(_ connection: Connection) throws -> Int64 {
    if connection.engine == .postgres {
      // Changes with smaller positions than the greatest may not be committed yet: their writers are waited for, and new
      // ones wait for this short transaction.
      try connection.execute("LOCK TABLE current_state_delta_stream IN SHARE MODE")
    }
    return try connection.queryRow("SELECT MAX(stream_id) FROM current_state_delta_stream")?[0].integer ?? -1
  }
}
