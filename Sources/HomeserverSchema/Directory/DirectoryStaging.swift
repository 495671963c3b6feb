import GradusSQL

/// The tables in which the job keeps what is still to be done. They are the homeserver's own, so that either program goes
/// on from the other's.
enum DirectoryStaging {
  static let rooms = "_temp_populate_user_directory_rooms"
  static let users = "_temp_populate_user_directory_users"
  static let position = "_temp_populate_user_directory_position"

  /// Makes them anew. What is left of a run that was broken off goes: it lacks rooms that were done before.
  ///
  /// - Parameter position: where the stream of state changes stood before the tables are made.
  /// - Returns: how many rooms and users there are.
  static func create(position: Int64, on connection: Connection) throws -> Int {
    try drop(on: connection)
    for statement in statements { try connection.execute(statement) }
    try connection.execute("INSERT INTO \(Self.position) (position) VALUES ($1)", [.integer(position)])
    let rooms = try connection.execute(
      """
      INSERT INTO \(rooms) (room_id, events)
      SELECT room_id, COUNT(*) FROM current_state_events GROUP BY room_id
      """)
    let users = try connection.execute(
      "INSERT INTO \(users) (user_id) SELECT name FROM users WHERE name IS NOT NULL")
    for statement in indexes { try connection.execute(statement) }
    // Plans are made before the server's own look at new tables.
    if connection.engine == .postgres { try connection.execute("ANALYZE \(Self.rooms), \(Self.users)") }
    return rooms + users
  }

  static func drop(on connection: Connection) throws {
    for table in [rooms, users, position] { try connection.execute("DROP TABLE IF EXISTS \(table)") }
  }

  /// - Throws: `HomeserverError` where the table is not there, which says what to do.
  static func require(_ table: String, on connection: Connection) throws {
    guard try !connection.hasTable(table) else { return }
    throw HomeserverError(
      .stagingTableMissing,
      "\(table) is not there, so that what is left to do is not known: \(startingAnew)")
  }

  /// What to do where the job cannot go on. While one of its updates is queued, it is not queued again.
  static let startingAnew =
    "take what is left of the job off the queue (DELETE FROM background_updates WHERE update_name LIKE 'populate_user_directory_%'), and start regenerate_directory again"

  static func count(_ table: String, on connection: Connection) throws -> Int {
    Int(try connection.queryRow("SELECT COUNT(*) FROM \(table)")?[0].integer ?? 0)
  }

  private static let statements = [
    "CREATE TABLE \(rooms) (room_id TEXT NOT NULL, events BIGINT NOT NULL)",
    "CREATE TABLE \(users) (user_id TEXT NOT NULL)",
    "CREATE TABLE \(position) (position BIGINT NOT NULL)",
  ]

  private static let indexes = [
    "CREATE INDEX \(rooms)_rm ON \(rooms) (room_id)",
    // The homeserver's is on events alone; rooms of one size are taken in the order of their ids, too.
    "CREATE INDEX \(rooms)_evs ON \(rooms) (events, room_id)",
    "CREATE INDEX \(users)_idx ON \(users) (user_id)",
  ]
}
