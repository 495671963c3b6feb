package import GradusSQL

extension BookkeepingTables {
  /// The name that stands for all updates where they are paused together.
  package static let allUpdates = "*"

  private static let ofUpdates = ["gradus_updates", "gradus_update_leases", "gradus_update_controls"]

  /// Forgets what was known of an update that has just been queued.
  ///
  /// What completes an update here takes it away with its row. A program that knows nothing of these tables takes off
  /// the row alone: with the ranges of that time, an update that is queued again would pass over its beginning.
  ///
  /// - Parameters:
  ///   - update: the update's name.
  ///   - connection: in the transaction that queues it.
  package static func forget(update: String, on connection: Connection) throws {
    for table in ofUpdates {
      try connection.execute("DELETE FROM \(table) WHERE update_name = $1", [.text(update)])
    }
  }

  /// Has the ranges of an update cut anew, whose progress was set: waits for the batches that are under way in them.
  ///
  /// - Parameters:
  ///   - update: the update's name.
  ///   - connection: in a transaction that holds the update's row of the queue. The order is that one: a batch that holds
  ///     its range does not wait for the queue.
  package static func forgetRanges(of update: String, on connection: Connection) throws {
    try connection.execute("DELETE FROM gradus_update_leases WHERE update_name = $1", [.text(update)])
  }

  /// Has an update that stays in the queue begin anew, whose progress is set to its beginning: what its batches have come
  /// to does not count, and its ranges are cut anew, as by `forgetRanges`. What operators say of it stays.
  ///
  /// - Parameters:
  ///   - update: the update's name.
  ///   - connection: in a transaction that holds the update's row of the queue.
  package static func beginAnew(update: String, on connection: Connection) throws {
    try forgetRanges(of: update, on: connection)
    try connection.execute("DELETE FROM gradus_updates WHERE update_name = $1", [.text(update)])
  }

  /// That of an update, and not of one that is queued, as SQL.
  private static let isUnqueued =
    "update_name <> '\(allUpdates)' AND update_name NOT IN (SELECT update_name FROM background_updates)"

  /// Whether anything is known of updates that are not queued.
  package static func knowsUnqueued(on connection: Connection) throws -> Bool {
    let known = ofUpdates.map { "SELECT 1 FROM \($0) WHERE \(isUnqueued)" }.joined(separator: " UNION ALL ")
    return try connection.queryRow("\(known) LIMIT 1") != nil
  }

  /// Forgets what is known of updates that are not queued, before others than Gradus may queue them again.
  package static func forgetUnqueued(on connection: Connection) throws {
    let statements = ofUpdates.map { "DELETE FROM \($0) WHERE \(isUnqueued);" }
    do {
      try connection.executeScript(statements.joined(separator: "\n"))
    } catch let failure as ScriptError {
      // Nobody wrote this script: which of its statements it was says nothing.
      throw failure.error
    }
  }
}
