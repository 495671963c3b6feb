public import GradusUpdates

/// The jobs that the homeserver's operators can start, the first three with the names and rows of its original
/// admin API.
public enum HomeserverJobs {
  /// Builds the user directory anew.
  package static let regenerateDirectory = AdminJob(
    name: "regenerate_directory", description: "Builds the user directory anew."
  ) { _ in
    [
      AdminJobRow("populate_user_directory_createtables"),
      AdminJobRow(
        "populate_user_directory_process_rooms", dependsOn: "populate_user_directory_createtables"),
      AdminJobRow(
        "populate_user_directory_process_users", dependsOn: "populate_user_directory_process_rooms"),
      AdminJobRow("populate_user_directory_cleanup", dependsOn: "populate_user_directory_process_users"),
    ]
  }

  /// All of them: those of the original, then those that only this program knows.
  public static let all: [AdminJob] = [
    AdminJob(
      name: "populate_stats_process_rooms", description: "Recalculates the statistics of all rooms."
    ) { _ in [AdminJobRow("populate_stats_process_rooms")] },
    regenerateDirectory,
    AdminJob(
      name: "event_resign", description: "Signs this server's events anew.",
      parameters: [
        AdminJobParameter(
          "old_key", .string,
          description:
            "Only events signed with this key: its id and the public key, as in 'ed25519:a_AbCd <base64>'."),
        AdminJobParameter(
          "before_ts", .integer, description: "Only events before this time, in milliseconds since 1970."),
      ]
    ) { values in
      // With spaces, as the homeserver queues it.
      let key = (values["old_key"] ?? .null).json
      let time = (values["before_ts"] ?? .null).json
      return [AdminJobRow("event_resign", progress: "{\"old_key\": \(key), \"before_ts\": \(time)}")]
    },
    AdminJob(
      name: "regenerate_statistics",
      description: "Recalculates the statistics of all rooms, then of all users.", isOfOriginal: false
    ) { _ in StatisticsRegeneration.job(onlyMissing: false) },
    AdminJob(
      name: "compute_missing_statistics",
      description: "Calculates the statistics of those rooms and users that have none.", isOfOriginal: false
    ) { _ in StatisticsRegeneration.job(onlyMissing: true) },
    AdminJob(
      name: "stats_purge_history", description: "Removes old rows of the statistics' history.",
      parameters: [
        AdminJobParameter(
          "before_ts", .integer, isNullable: false,
          description: "Rows of slices that ended before this time, in milliseconds since 1970.")
      ], isOfOriginal: false
    ) { values in
      [
        AdminJobRow(
          "stats_purge_history", progress: "{\"before_ts\": \((values["before_ts"] ?? .null).json)}")
      ]
    },
  ]
}
