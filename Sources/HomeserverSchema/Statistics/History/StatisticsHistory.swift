import GradusJSON
import GradusSQL

/// The slices and the historical rows of rooms or users.
struct StatisticsHistory {
  let kind: StatisticsKind

  init(_ kind: StatisticsKind) { self.kind = kind }

  /// Fails unless the database has the tables.
  static func require(on connection: Connection) throws {
    guard try StatisticsKind.haveHistory(connection) else {
      throw HomeserverError(
        .noHistory, "the database has no history of statistics: it comes with schema version 88")
    }
  }

  /// Subjects whose dirty row belongs into the history, those of the oldest slices first.
  func old(at now: Int64, limit: Int, on connection: Connection) throws -> [String] {
    try connection.query(
      """
      SELECT s.\(kind.key) FROM \(kind.slices) s
      WHERE s.is_dirty AND s.end_ts <= $1 AND \(connection.areTexts("s.\(kind.key)"))
        AND EXISTS (SELECT 1 FROM \(kind.current) c WHERE c.\(kind.key) = s.\(kind.key))
      ORDER BY s.end_ts, s.\(kind.key)
      LIMIT $2
      """, [.integer(now), SQLValue(limit)]
    ).map { try $0.text(0) }.sorted()
  }

  /// Copies dirty rows that belong into the history, those of the oldest slices first.
  ///
  /// - Returns: how many were copied, fewer than the limit also where others copied some meanwhile; 0 where there are no
  ///   more.
  func collectOld(at now: Int64, limit: Int, on connection: Connection) throws -> Int {
    var copiedByOthers: [String]?
    while true {
      let old = try old(at: now, limit: limit, on: connection)
      // Others may have copied all of them while they were waited for. Those are not found again; there may be more.
      guard !old.isEmpty, old != copiedByOthers else { return 0 }
      let copied = try collect(old, at: now, on: connection)
      if copied > 0 { return copied }
      copiedByOthers = old
    }
  }

  /// Copies the dirty rows of these subjects whose slice is over, and cleans them.
  ///
  /// A slice that already has its row, as after the clock was put back, is continued: its row says how things are now,
  /// and all that happened.
  ///
  /// - Returns: how many were copied.
  @discardableResult
  func collect(_ ids: [String], at now: Int64, on connection: Connection) throws -> Int {
    try RowLock.take(ids, column: kind.key, of: kind.slices, on: connection)
    let absolute = kind.absolute.map { "c.\($0)" }
    let perSlice = kind.perSlice.map { "s.\($0)" }
    let changes =
      (["bucket_size"] + kind.absolute).map { "\($0) = excluded.\($0)" }
      + kind.perSlice.map { "\($0) = \(kind.historical).\($0) + excluded.\($0)" }
    let slices = connection.lookUp(
      kind.slices, as: "s", kind.key, equals: "k.id", where: "s.is_dirty AND s.end_ts <= $1")
    let current = connection.lookUp(kind.current, as: "c", kind.key, equals: "k.id")
    let written = try connection.execute(over: .texts("id", ids), [.integer(now)]) { source in
      """
      INSERT INTO \(kind.historical)
        (\(kind.key), end_ts, bucket_size, \((kind.absolute + kind.perSlice).joined(separator: ", ")))
      SELECT s.\(kind.key), s.end_ts, s.bucket_size, \((absolute + perSlice).joined(separator: ", "))
      FROM \(source)
      \(slices)
      \(current)
      WHERE TRUE
      ON CONFLICT (\(kind.key), end_ts) DO UPDATE SET \(changes.joined(separator: ", "))
      """
    }
    guard written > 0 else { return 0 }
    let isOfSubjects = connection.isOne(of: ids, parameter: 2)
    try connection.execute(
      """
      UPDATE \(kind.slices)
      SET is_dirty = FALSE, \(kind.perSlice.map { "\($0) = 0" }.joined(separator: ", "))
      WHERE \(kind.key) \(isOfSubjects.condition) AND is_dirty AND end_ts <= $1
        AND (SELECT 1 FROM \(kind.current) c WHERE c.\(kind.key) = \(kind.slices).\(kind.key)) IS NOT NULL
      """, [.integer(now), isOfSubjects.value])
    return written
  }

  /// Marks current rows as changed now, and adds to what happened in their slices.
  ///
  /// - Parameters:
  ///   - ids: the subjects; old ones must have been collected.
  ///   - counts: what happened, in the order of the kind's columns; nothing for subjects that are missing.
  func touch(
    _ ids: [String], counts: [JSONText: [Int64]] = [:], at now: Int64, length: Int64,
    on connection: Connection
  ) throws {
    guard !ids.isEmpty else { return }
    let lookUp = connection.lookUp(kind.slices, as: "s", kind.key, equals: "k.id")
    let rows = try connection.query(over: .texts("id", ids)) { source in
      "SELECT k.id, s.end_ts, s.bucket_size FROM \(source) \(lookUp)"
    }
    var slices: [JSONText: StatisticsSlice] = [:]
    for row in rows {
      let slice = StatisticsSlice(end: try row.integer(1), length: max(1, try row.integer(2)))
      slices[JSONText(try row.text(0))] = slice.slice(forChangeAt: now, length: length)
    }
    let present = StatisticsSlice(containing: now, length: length)
    let nothing = kind.perSlice.map { _ in Int64(0) }
    var table = BatchTable(
      columns: [("id", .text), ("end_ts", .integer), ("bucket_size", .integer)]
        + kind.perSlice.map { (name: $0, type: .integer) })
    for id in ids {
      let key = JSONText(id)
      let slice = slices[key] ?? present
      table.rows.append(
        [.text(id), .integer(slice.end), .integer(slice.length)]
          + (counts[key] ?? nothing).map { .integer($0) })
    }
    let changes =
      ["end_ts", "bucket_size", "is_dirty"].map { "\($0) = excluded.\($0)" }
      + kind.perSlice.map { "\($0) = \(kind.slices).\($0) + excluded.\($0)" }
    try connection.execute(over: table) { source in
      """
      INSERT INTO \(kind.slices) (\(kind.key), end_ts, bucket_size, is_dirty, \(kind.perSlice.joined(separator: ", ")))
      SELECT k.id, k.end_ts, k.bucket_size, TRUE, \(kind.perSlice.map { "k.\($0)" }.joined(separator: ", "))
      FROM \(source)
      WHERE TRUE
      ON CONFLICT (\(kind.key)) DO UPDATE SET \(changes.joined(separator: ", "))
      """
    }
  }
}
