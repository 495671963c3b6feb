import Gradus
package import GradusSQL
import GradusUpdates

/// Has statistics computed anew by background updates.
package struct StatisticsRegeneration: Sendable, Hashable {
  /// Whether those of rooms are.
  package var rooms: Bool
  /// Whether those of users are.
  package var users: Bool
  /// Whether statistics that exist are left as they are; otherwise they are deleted first.
  package var onlyMissing: Bool

  /// - Parameters:
  ///   - rooms: whether those of rooms are.
  ///   - users: whether those of users are.
  ///   - onlyMissing: whether statistics that exist are left as they are; otherwise they are deleted first.
  package init(rooms: Bool = true, users: Bool = true, onlyMissing: Bool = false) {
    precondition(rooms || users, "there is something to do")
    self.rooms = rooms
    self.users = users
    self.onlyMissing = onlyMissing
  }

  /// What was done.
  package struct Outcome: Sendable, Hashable {
    /// How many rooms' statistics were deleted.
    package var deletedRooms = 0
    /// How many users' statistics were deleted.
    package var deletedUsers = 0
    /// The updates that are queued now.
    package var queued: [String] = []
    /// Those of them that were queued before, and begin anew.
    package var restarted: [String] = []
  }

  /// Deletes the statistics, unless only missing ones are wanted, and queues their updates from the beginning. Done
  /// twice, it comes to the same.
  ///
  /// `guest_access` goes with the rest, so the updates are asked to compute it too, which they leave alone otherwise.
  ///
  /// - Parameters:
  ///   - now: milliseconds since 1970. Slices that are over by then go into the history before their rows are deleted.
  ///   - connection: a connection to the main database in a transaction.
  /// - Throws: `SQLError`.
  package func queue(at now: Int64 = StatisticsOptions().milliseconds, on connection: Connection) throws
    -> Outcome
  {
    precondition(
      connection.isInTransaction, "statistics are deleted only together with the order to compute them")
    var outcome = Outcome()
    // First, and in the order of names: a batch under way holds its update's row, or that of its range, and must have
    // ended before rows that it may have written are deleted.
    let updates = updates(guestAccess: true)
    let names = updates.map(\.name).sorted()
    try RowLock.take(names, column: "update_name", of: "background_updates", on: connection)
    for name in names { try BookkeepingTables.beginAnew(update: name, on: connection) }
    if !onlyMissing {
      try collect(at: now, on: connection)
      if rooms {
        outcome.deletedRooms = try connection.execute("DELETE FROM \(StatisticsTable.rooms)")
        try connection.execute("DELETE FROM \(StatisticsTable.roomState)")
      }
      if users { outcome.deletedUsers = try connection.execute("DELETE FROM \(StatisticsTable.users)") }
    }
    for update in updates {
      let restarted = try connection.execute(
        "UPDATE background_updates SET progress_json = $2, depends_on = $3 WHERE update_name = $1",
        [.text(update.name), .text(update.progress), .text(update.dependsOn)])
      if restarted > 0 {
        outcome.restarted.append(update.name)
        try QueueControls(connection).retry(update.name)
      } else {
        try update.queue(on: connection)
      }
      outcome.queued.append(update.name)
    }
    return outcome
  }

  /// Copies what belongs into the history: nothing could, once the current rows are gone.
  private func collect(at now: Int64, on connection: Connection) throws {
    guard try StatisticsKind.haveHistory(connection) else { return }
    let kinds: [StatisticsKind] = (rooms ? [.rooms] : []) + (users ? [.users] : [])
    if connection.engine == .postgres {
      // Whoever counts locks the current row first, and then its slice. The other way round each would wait for the other.
      for kind in kinds { try connection.execute("LOCK TABLE \(kind.current) IN EXCLUSIVE MODE") }
    }
    for history in kinds.map(StatisticsHistory.init) {
      while try history.collectOld(at: now, limit: 1_000, on: connection) > 0 {}
    }
  }

  /// The rows of a job, which deletes nothing: what is computed replaces what is there.
  static func job(onlyMissing: Bool) -> [AdminJobRow] {
    StatisticsRegeneration(onlyMissing: onlyMissing).updates(guestAccess: onlyMissing)
  }

  /// The updates in their order, each waiting for the one before.
  private func updates(guestAccess: Bool) -> [AdminJobRow] {
    let progress = StatisticsProgress.initial(onlyMissing: onlyMissing, guestAccess: guestAccess)
    let users = StatisticsProgress.initial(onlyMissing: onlyMissing)
    switch (rooms, self.users) {
    case (true, false): return [AdminJobRow("populate_stats_process_rooms", progress: progress)]
    case (false, _): return [AdminJobRow("populate_stats_process_users", progress: users)]
    case (true, true):
      return [
        AdminJobRow("populate_stats_prepare"),
        AdminJobRow(
          "populate_stats_process_rooms", progress: progress, dependsOn: "populate_stats_prepare"),
        AdminJobRow(
          "populate_stats_process_users", progress: users, dependsOn: "populate_stats_process_rooms"),
        AdminJobRow("populate_stats_cleanup", dependsOn: "populate_stats_process_users"),
      ]
    }
  }
}
