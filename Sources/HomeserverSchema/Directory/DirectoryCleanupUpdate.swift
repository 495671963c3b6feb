package import GradusSQL
package import GradusUpdates

/// Hands the user directory over to what keeps it from now on: from the position that was noted at the beginning.
package struct DirectoryCleanupUpdate: UpdateHandler {
  /// The update's name in the queue.
  package let name = "populate_user_directory_cleanup"

  /// The handler.
  package init() {}

  /// Saves the position, and removes the staging tables.
  package func runBatch(_ progress: NoProgress, size: Int, on connection: Connection) throws -> BatchResult<
    NoProgress
  > {
    if let position = try notedPosition(connection) {
      let written = try connection.execute(
        "UPDATE user_directory_stream_pos SET stream_id = $1", [.integer(position)])
      if written == 0 {
        try connection.execute(
          "INSERT INTO user_directory_stream_pos (stream_id) VALUES ($1)", [.integer(position)])
      }
    } else if try connection.queryRow("SELECT stream_id FROM user_directory_stream_pos")?[0].integer == nil {
      // Without a position nobody would ever keep the directory.
      try DirectoryStaging.require(DirectoryStaging.position, on: connection)
    }
    try DirectoryStaging.drop(on: connection)
    return BatchResult(next: nil, scanned: 1, written: 1)
  }

  /// The position; nil where the table has gone, as an earlier attempt came that far. Of several, which a crash of the
  /// homeserver leaves, the smallest: from there on nothing is missed. Its older versions wrote texts.
  private func notedPosition(_ connection: Connection) throws -> Int64? {
    guard try connection.hasTable(DirectoryStaging.position) else { return nil }
    return try connection.queryRow(
      "SELECT MIN(CAST(position AS BIGINT)) FROM \(DirectoryStaging.position)")?[0].integer
  }

  /// Nothing is left of the job.
  package func verify(on connection: Connection) throws -> String {
    let position = try connection.queryRow("SELECT stream_id FROM user_directory_stream_pos")?[0].integer
    guard let position else {
      throw HomeserverError(.positionMissing, "the user directory has no position to be kept from")
    }
    return "the user directory is kept from position \(position) on"
  }
}
