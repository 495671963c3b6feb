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
        "SELECT 1 FROM pragma_table_info('redactions') WHERE name = 'recheck'"
      case .postgres:
        """
        SELECT 1 FROM pg_attribute
        WHERE attrelid = to_regclass('redactions') AND attname = 'recheck' AND NOT attisdropped
        """
      }
    hasRecheck = try connection.queryRow(sql) != nil
    hasRoomBans = try connection.hasTable("room_ban_redactions")
  }
}
