package import GradusSQL

extension BookkeepingTables {
  /// Forgets what was known of an update that has just been queued.
  ///
  /// What completes an update here takes it away with its row. A program that knows nothing of these tables takes off
  /// the row alone: with the ranges of that time, an update that is queued again would pass over its beginning.
  ///
  /// - Parameters:
  ///   - update: the update's name.
  ///   - connection: in the transaction that queues it.
  package static func forget(update: String, on connection: Connection) throws {
    for table in ["gradus_updates", "gradus_update_leases", "gradus_update_controls"] {
      try connection.execute("DELETE FROM \(table) WHERE update_name = $1", [.text(update)])
    }
  }
}
