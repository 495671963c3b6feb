import GradusSQL

/// What a database of an admitted version may have or lack around redactions.
struct RedactionCapabilities {
  /// The column `redactions.recheck`.
  let hasRecheck: Bool
  /// The table `room_ban_redactions`.
  let hasRoomBans: Bool

  /// Looks into the catalogue, which costs microseconds.
  init(_ connection: Connection) throws {
    let sql =
      switch connection.engine {
      case .sqlite:
        """
        SELECT EXISTS (SELECT 1 FROM pragma_table_info('redactions') WHERE name = 'recheck'),
          EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'room_ban_redactions')
        """
      case .postgres:
        """
        SELECT EXISTS (
            SELECT 1 FROM pg_attribute
            WHERE attrelid = to_regclass('redactions') AND attname = 'recheck' AND NOT attisdropped
          ), to_regclass('room_ban_redactions') IS NOT NULL
        """
      }
    let row = try connection.queryRow(sql)
    hasRecheck = row?[0].boolean ?? false
    hasRoomBans = row?[1].boolean ?? false
  }
}
