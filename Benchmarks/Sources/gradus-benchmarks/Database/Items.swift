import GradusSQL

/// The table that benchmarks work on: about 130 bytes a row, its keys without gaps.
enum Items {
  /// Makes the table and the queue, with rows 1 to `rows`.
  ///
  /// - Parameters:
  ///   - rows: how many.
  ///   - every: each so many-th row needs work (`state = 0`).
  ///   - areas: how many values a second column `area` has, which then is a key together with `id`; nil for no such
  ///     column.
  ///   - session: of an empty database.
  static func make(rows: Int, every: Int = 1, areas: Int? = nil, on session: Session) async throws {
    try await session.run { connection in
      // Where vacuum ran in the midst of one contender's time, the other would look faster than it is.
      let storage = connection.engine == .postgres ? "WITH (autovacuum_enabled = off)" : ""
      try connection.execute(
        """
        CREATE TABLE items (
          id BIGINT PRIMARY KEY, payload TEXT NOT NULL, state INTEGER NOT NULL, result BIGINT,
          touched INTEGER NOT NULL DEFAULT 0
        ) \(storage)
        """)
      let numbers =
        switch connection.engine {
        case .sqlite:
          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))"
        case .postgres: "WITH n (i) AS (SELECT generate_series(1, \(rows)))"
        }
      let payload = connection.engine == .sqlite ? "printf('%096d', i)" : "lpad(i::text, 96, '0')"
      try connection.execute(
        """
        \(numbers) INSERT INTO items (id, payload, state)
        SELECT i, \(payload), CASE WHEN i % \(every) = 0 THEN 0 ELSE 1 END FROM n
        """)
      if let areas {
        try connection.execute("ALTER TABLE items ADD COLUMN area TEXT")
        // An area's rows are all over the table, so that its key leads to them in no order.
        let area =
          connection.engine == .sqlite
          ? "printf('%06d', id % \(areas))" : "lpad((id % \(areas))::text, 6, '0')"
        try connection.execute("UPDATE items SET area = \(area)")
        try connection.execute("CREATE UNIQUE INDEX items_by_area ON items (area, id)")
      }
      try connection.execute(
        """
        CREATE TABLE background_updates (
          update_name TEXT NOT NULL, progress_json TEXT NOT NULL, depends_on TEXT,
          ordering INTEGER NOT NULL DEFAULT 0,
          CONSTRAINT background_updates_uniqueness UNIQUE (update_name)
        )
        """)
      try settle(connection)
    }
  }

  /// Gets work out of the way that would else fall into what is measured.
  static func settle(_ connection: Connection) throws {
    switch connection.engine {
    case .sqlite: _ = try connection.query("PRAGMA wal_checkpoint(TRUNCATE)")
    case .postgres:
      try connection.execute("VACUUM (ANALYZE) items")
      // Only some roles may.
      _ = try? connection.execute("CHECKPOINT")
    }
  }

  /// How often rows were touched in all.
  static func touches(on session: Session) async throws -> Int {
    Int(try await session.run { try $0.queryRow("SELECT sum(touched) FROM items")?[0].integer ?? 0 })
  }

  /// Fails unless each row that needed work was written exactly once and with the right result.
  ///
  /// - Parameters:
  ///   - result: what the result must be, as SQL.
  ///   - written: how many rows needed work.
  static func check(result: String, written: Int, on session: Session) async throws {
    let (right, touched) = try await session.run { connection in
      let row = try connection.queryRow(
        """
        SELECT count(CASE WHEN touched = 1 AND state = 1 AND result = \(result) THEN 1 END), sum(touched) FROM items
        """)
      return (row?[0].integer, row?[1].integer)
    }
    guard right == Int64(written), touched == Int64(written) else {
      throw BenchmarkError(
        "the result is wrong: \(right ?? -1) rows of \(written) are right, rows were written \(touched ?? -1) times"
      )
    }
  }
}
