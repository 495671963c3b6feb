import GradusSQL

/// The tables of a homeserver that signing reads, with events of about a kilobyte.
enum Events {
  /// Makes the tables and the queue.
  static func make(count: Int, on session: Session) async throws {
    try await session.run { connection in
      try connection.executeScript(tables)
      let numbers =
        switch connection.engine {
        case .sqlite:
          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))"
        case .postgres: "WITH n (i) AS (SELECT generate_series(1, \(count)))"
        }
      try connection.execute(
        """
        \(numbers) INSERT INTO events (stream_ordering, event_id, room_id, type, sender)
        SELECT i, '$' || i, '!room', 'm.room.message', '@user:local' FROM n
        """)
      try connection.execute(
        "\(numbers) INSERT INTO event_json SELECT '$' || i, replace($1, '#', CAST(i AS TEXT)), '{}', 3 FROM n",
        [.text(json)])
      switch connection.engine {
      case .sqlite: _ = try connection.query("PRAGMA wal_checkpoint(TRUNCATE)")
      case .postgres: try connection.execute("VACUUM (ANALYZE)")
      }
    }
  }

  /// Fails unless each event has the signature's key.
  static func check(key: String, count: Int, on session: Session) async throws {
    let found = try await session.run { connection in
      try connection.queryRow(
        "SELECT count(*) FROM event_json WHERE json LIKE $1", [.text("%\"\(key)\":\"%")])?[0]
        .integer
    }
    guard found == Int64(count) else {
      throw BenchmarkError("the result is wrong: \(found ?? -1) events of \(count) are signed with \(key)")
    }
  }

  private static let tables = """
    CREATE TABLE events (
      stream_ordering BIGINT PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, room_id TEXT NOT NULL, type TEXT NOT NULL,
      sender TEXT, received_ts BIGINT
    );
    CREATE TABLE event_json (
      event_id TEXT NOT NULL UNIQUE, json TEXT NOT NULL, internal_metadata TEXT NOT NULL, format_version BIGINT
    );
    CREATE TABLE rooms (room_id TEXT PRIMARY KEY, room_version TEXT);
    CREATE TABLE rejections (event_id TEXT NOT NULL UNIQUE);
    INSERT INTO rooms VALUES ('!room', '10');
    CREATE TABLE background_updates (
      update_name TEXT NOT NULL, progress_json TEXT NOT NULL, depends_on TEXT, ordering INTEGER NOT NULL DEFAULT 0,
      CONSTRAINT background_updates_uniqueness UNIQUE (update_name)
    );
    """

  private static let json =
    #"{"auth_events":["$HX3iDMqxHSHVeTtU1dTMLAEJAxO9HCuJk1qjQZ7cJtU","$lmGsFLhWmRSsmBWFPNVGiKTtBsVcqPVoCkKhHsSsfiE","#
    + #""$q4jnTgDsh0DdgVYBBcBHbGnX2GVtqVzUvVTPKGvGOyE"],"prev_events":["$0wxwnfbNfWiVxDiLH7yyBnHt6uYh6xwSHZ2sKzmBJVk"],"#
    + #""content":{"body":"Message #. "# + String(repeating: "Some words of a message. ", count: 12)
    + #"","msgtype":"m.text","m.mentions":{"user_ids":["@someone:elsewhere"]}},"depth":#,"#
    + #""hashes":{"sha256":"YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW"},"origin_server_ts":1700000000000,"#
    + #""room_id":"!room","sender":"@user:local","signatures":{},"type":"m.room.message","unsigned":{"age_ts":1700000000000}}"#
}
