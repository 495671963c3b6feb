public import Gradus
public import GradusUpdates

/// What the homeserver brings to Gradus: the code of its background updates.
public enum HomeserverUpdates {
  /// The handlers of the updates that need nothing but the database, for the runner to register.
  public static let handlers: [any UpdateHandler] = slidingSync + statistics(StatisticsOptions())

  private static let slidingSync: [any UpdateHandler] = [
    PrefillJoinedRoomsUpdate(),
    JoinedRoomsUpdate(),
    MembershipSnapshotsUpdate(),
    FixForgottenUpdate(),
  ]

  private static func statistics(_ options: StatisticsOptions) -> [any UpdateHandler] {
    [
      CollectStatisticsUpdate.prepare(options),
      RoomStatisticsUpdate(options),
      UserStatisticsUpdate(options),
      CollectStatisticsUpdate.cleanup(options),
      HistoryPurgeUpdate(),
    ]
  }

  /// The handlers of all its updates.
  ///
  /// - Parameters:
  ///   - identity: who the server is, for the update that signs events anew; or why that is not known.
  ///   - options: how statistics are made.
  ///   - directory: what the user directory's updates must know, or why it is not known; without it, as much as the
  ///     identity tells.
  public static func handlers(
    of identity: Result<ServerIdentity, any Error>,
    statistics options: StatisticsOptions = StatisticsOptions(),
    directory: Result<DirectorySettings, any Error>? = nil
  ) -> [any UpdateHandler] {
    let settings = directory ?? identity.map { DirectorySettings(serverName: $0.serverName) }
    return slidingSync + statistics(options) + [EventResignUpdate(identity: identity)]
      + DirectoryUpdates.handlers(settings)
  }

  /// Updates of later versions that a database may have queued before it came back to this one.
  public static let declarations: [UpdateDeclaration] = [
    UpdateDeclaration(
      name: "sliding_sync_membership_snapshots_user_id_stream_ordering",
      kind: .index(
        .init(
          name: "sliding_sync_membership_snapshots_user_id_stream_ordering",
          table: "sliding_sync_membership_snapshots",
          columns: ["user_id", "event_stream_ordering"], replaces: "sliding_sync_membership_snapshots_user_id"
        )),
      ordering: 9204)
  ]
}
