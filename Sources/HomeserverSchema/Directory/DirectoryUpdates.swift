public import GradusUpdates

/// The four updates of the job that builds the user directory anew, in their order.
public enum DirectoryUpdates {
  /// Their handlers.
  ///
  /// - Parameter settings: what must be known of the server, or why it is not.
  public static func handlers(_ settings: Result<DirectorySettings, any Error>) -> [any UpdateHandler] {
    [
      DirectoryCreateTablesUpdate(settings: settings), DirectoryRoomsUpdate(settings: settings),
      DirectoryUsersUpdate(settings: settings), DirectoryCleanupUpdate(),
    ]
  }
}
