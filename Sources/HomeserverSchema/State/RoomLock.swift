import GradusSQL

/// Serialises a batch with the live writers of the same rooms.
///
/// Persisting an event starts by taking the room's row of `rooms` FOR SHARE. A batch takes it FOR NO KEY
/// UPDATE, which waits for those writers and makes later ones wait, and only then reads. On SQLite the
/// transaction alone does it.
enum RoomLock {
  /// Locks rooms in the order of their ids, so that two batches cannot wait for each other.
  ///
  /// - Parameter rooms: each once.
  /// - Returns: the versions of the rooms that exist; nil where the version is not known to the database.
  static func take(_ rooms: some Sequence<String>, on connection: Connection) throws -> [String: String?] {
    let lock =
      switch connection.engine {
      case .postgres: "ORDER BY r.room_id FOR NO KEY UPDATE OF r"
      case .sqlite: ""
      }
    let rows = try connection.query(over: .texts("room_id", rooms)) { source in
      """
      SELECT r.room_id, r.room_version
      FROM \(source)
      JOIN rooms r ON r.room_id = k.room_id
      \(lock)
      """
    }
    // Callers that look at the versions have no two ids that Swift takes for equal.
    return Dictionary(try rows.map { (try $0.text(0), $0[1].text) }) { first, _ in first }
  }
}
