package import GradusSQL

/// An update that guards queue, as whoever takes it off the queue has to see it.
///
/// A guard of an open transaction has put a key into the queue table, or left a mark, that nobody else sees yet; it takes
/// the update for queued, which it is. Were the update taken off the queue now, the key would be forgotten. So guards
/// hold a lock until their transaction ends, and the end of an update waits for them and looks once more.
package enum GuardedUpdate {
  /// Whether guards queue the update, or have left marks for it.
  package static func exists(_ name: String, on connection: Connection) throws -> Bool {
    try connection.queryRow(
      """
      SELECT 1 FROM gradus_guard_triggers WHERE update_name = $1
      UNION ALL SELECT 1 FROM gradus_stale_marks WHERE update_name = $1
      LIMIT 1
      """, [.text(name)]) != nil
  }

  /// What guards have left for an update that found nothing more to do.
  ///
  /// Runs in the transaction that is to take it off the queue. From here to its end, older writers wait.
  ///
  /// - Returns: where the update goes on; nil where it may end.
  package static func progressLeft(_ name: String, at progress: String, on connection: Connection) throws
    -> String?
  {
    guard try exists(name, on: connection) else { return nil }
    if connection.engine == .postgres {
      let (first, second) = lockKey(name)
      _ = try connection.query("SELECT pg_advisory_xact_lock(\(first), \(second))")
    }
    let marks = try connection.query(
      "DELETE FROM gradus_stale_marks WHERE update_name = $1 RETURNING position, progress", [.text(name)])
    // NULL is before all positions.
    let earliest = marks.min { ($0[0].integer ?? .min) < ($1[0].integer ?? .min) }
    if let earliest { return try earliest.text(1) }
    // One may be gone, or have another name, by a delta of a release that has been passed over: its guards are still those of
    // before.
    let isThere =
      switch connection.engine {
      case .sqlite:
        "EXISTS (SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = queue_table COLLATE NOCASE)"
      case .postgres: "to_regclass(quote_ident(queue_table)) IS NOT NULL"
      }
    let tables = try connection.query(
      "SELECT DISTINCT queue_table FROM gradus_guard_triggers WHERE update_name = $1 AND \(isThere)",
      [.text(name)]
    ).map { try $0.text(0) }
    for table in tables
    where try connection.queryRow("SELECT 1 FROM \(SQLText.identifier(table)) LIMIT 1") != nil {
      return progress
    }
    return nil
  }

  /// The two halves of the advisory lock's key: "grad", and a hash of the update's name.
  static func lockKey(_ update: String) -> (Int32, Int32) {
    let digits = Checksum.of("guard " + update).suffix(8)
    return (0x6772_6164, Int32(bitPattern: UInt32(digits, radix: 16) ?? 0))
  }
}
