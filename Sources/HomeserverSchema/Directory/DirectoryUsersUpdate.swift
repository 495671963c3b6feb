package import GradusSQL
package import GradusUpdates

/// Writes the profiles of local users into the user directory, whether or not they are in a room.
package struct DirectoryUsersUpdate: UpdateHandler {
  /// The update's name in the queue.
  package let name = "populate_user_directory_process_users"

  private let settings: Result<DirectorySettings, any Error>

  /// - Parameter settings: what must be known of the server, or why it is not, with which each batch fails.
  package init(settings: Result<DirectorySettings, any Error>) { self.settings = settings }

  /// Does the next users in the order of their ids.
  package func runBatch(
    _ progress: DirectoryProgress, size: Int, on connection: Connection
  ) throws -> BatchResult<DirectoryProgress> {
    let settings = try settings.get()
    try DirectoryStaging.require(DirectoryStaging.users, on: connection)
    let remaining = try progress.remaining ?? DirectoryStaging.count(DirectoryStaging.users, on: connection)
    var skips = SkipCounter()
    if !progress.isBegun {
      try skips.countByteIDs("user_id", in: DirectoryStaging.users, on: connection)
    }
    let users = try DirectoryUsers(limit: size, without: settings.exclusions, on: connection)
    guard let last = users.last else { return .end(skipping: skips) }
    var written = 0
    for part in users.profiles.parts(of: Self.usersAtOnce) {
      written += try DirectoryProfile.write(part, on: connection)
    }
    try connection.execute("DELETE FROM \(DirectoryStaging.users) WHERE user_id <= $1", [.text(last)])
    return BatchResult(
      next: DirectoryProgress(remaining: remaining - users.scanned), scanned: users.scanned, written: written,
      skipped: skips.counts)
  }

  private static let usersAtOnce = 5_000

  /// The users that are left.
  package func estimateRemaining(_ progress: DirectoryProgress, on connection: Connection) throws -> Int? {
    guard try connection.hasTable(DirectoryStaging.users) else { return nil }
    return try RowEstimate.count(DirectoryStaging.users, where: "TRUE", [], on: connection)
  }
}
