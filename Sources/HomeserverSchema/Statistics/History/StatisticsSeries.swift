public import GradusSQL

/// The history of one subject, slice by slice, with what the slices without a row must have been like.
public struct StatisticsSeries: Sendable, Hashable {
  /// The points, in the order of time.
  public let points: [StatisticsPoint]

  /// No series is longer.
  public static let maximumLength = 100_000

  /// The series of a room.
  ///
  /// - Parameters:
  ///   - roomID: the room.
  ///   - from: a moment in the first slice, in milliseconds since 1970.
  ///   - to: a moment in the last slice.
  ///   - length: of the slices; it may be another than that of the rows, which then count where they end.
  ///   - connection: a connection.
  /// - Throws: `SQLError`; `HomeserverError` where the database has no history or the range is empty or too long.
  public static func room(
    _ roomID: String, from: Int64, to: Int64, length: Int64 = 86_400_000, on connection: Connection
  ) throws -> StatisticsSeries {
    try read(.rooms, roomID, from, to, length, on: connection)
  }

  /// The series of a user; see `room`.
  public static func user(
    _ userID: String, from: Int64, to: Int64, length: Int64 = 86_400_000, on connection: Connection
  ) throws -> StatisticsSeries {
    try read(.users, userID, from, to, length, on: connection)
  }

  static func read(
    _ kind: StatisticsKind, _ id: String, _ from: Int64, _ to: Int64, _ length: Int64,
    on connection: Connection
  ) throws -> StatisticsSeries {
    try StatisticsHistory.require(on: connection)
    guard length > 0, from <= to else {
      throw HomeserverError(
        .invalidRange, "a series has a beginning before its end, and slices of some length")
    }
    let first = StatisticsSlice(containing: from, length: length)
    let last = StatisticsSlice(containing: to, length: length)
    let (span, isTooLong) = last.end.subtractingReportingOverflow(first.end)
    guard !isTooLong, span / length < Int64(maximumLength) else {
      throw HomeserverError(.invalidRange, "a series has at most \(maximumLength) slices")
    }
    let rows = try rows(kind, id, first, last, on: connection)
    return build(kind, rows, from: first, to: last)
  }

  /// Fills the slices: how things were is carried forward, and where there is no row nothing happened.
  ///
  /// - Parameter rows: those up to the end of the last slice, of those before the first slice at least the last; sorted.
  static func build(
    _ kind: StatisticsKind, _ rows: [HistoricalRow], from first: StatisticsSlice, to last: StatisticsSlice
  ) -> StatisticsSeries {
    var points: [StatisticsPoint] = []
    var index = 0
    var absolute: [Int64?] = kind.absolute.map { _ in nil }
    while index < rows.count, rows[index].end <= first.start {
      absolute = rows[index].absolute
      index += 1
    }
    var slice: StatisticsSlice? = first
    while let current = slice, current.end <= last.end {
      var perSlice: [Int64] = kind.perSlice.map { _ in 0 }
      let before = index
      while index < rows.count, rows[index].end <= current.end {
        absolute = rows[index].absolute
        perSlice = zip(perSlice, rows[index].perSlice).map { $0 &+ $1 }
        index += 1
      }
      points.append(
        StatisticsPoint(
          slice: current, absolute: Dictionary(uniqueKeysWithValues: zip(kind.absolute, absolute)),
          perSlice: Dictionary(uniqueKeysWithValues: zip(kind.perSlice, perSlice)), isRecorded: index > before
        ))
      slice = current.next
    }
    return StatisticsSeries(points: points)
  }

  private static func rows(
    _ kind: StatisticsKind, _ id: String, _ first: StatisticsSlice, _ last: StatisticsSlice,
    on connection: Connection
  ) throws -> [HistoricalRow] {
    let columns = (kind.absolute + kind.perSlice).joined(separator: ", ")
    let stored = try connection.query(
      """
      SELECT end_ts, \(columns) FROM \(kind.historical)
      WHERE \(kind.key) = $1 AND end_ts <= $3 AND end_ts >= coalesce((
        SELECT MAX(end_ts) FROM \(kind.historical) WHERE \(kind.key) = $1 AND end_ts <= $2
      ), $2)
      ORDER BY end_ts
      """, [.text(id), .integer(first.start), .integer(last.end)])
    var rows = try stored.map { try row($0, kind) }
    let perSlice = kind.perSlice.map { "coalesce(s.\($0), 0)" }
    let current = try connection.queryRow(
      """
      SELECT s.end_ts, \((kind.absolute.map { "c.\($0)" } + perSlice).joined(separator: ", ")),
        coalesce(s.is_dirty, FALSE),
        EXISTS (SELECT 1 FROM \(kind.historical) h WHERE h.\(kind.key) = c.\(kind.key))
      FROM \(kind.current) c
      LEFT JOIN \(kind.slices) s ON s.\(kind.key) = c.\(kind.key)
      WHERE c.\(kind.key) = $1
      """, [.text(id)])
    guard let current else { return rows }
    let count = kind.absolute.count + kind.perSlice.count
    switch (current[count + 1].boolean ?? false, current[count + 2].boolean ?? false) {
    case (true, _):
      // What is under way counts where it will be.
      let row = try row(current, kind)
      if row.end <= last.end { rows.append(row) }
    case (false, false):
      // Whatever history there was is purged, and nothing has changed since.
      rows.append(
        HistoricalRow(
          end: first.start, absolute: kind.absolute.indices.map { current[$0 + 1].integer },
          perSlice: kind.perSlice.map { _ in 0 }))
    case (false, true): break
    }
    return rows.sorted { $0.end < $1.end }
  }

  private static func row(_ row: Row, _ kind: StatisticsKind) throws -> HistoricalRow {
    HistoricalRow(
      end: try row.integer(0), absolute: kind.absolute.indices.map { row[$0 + 1].integer },
      perSlice: try kind.perSlice.indices.map { try row.integer($0 + 1 + kind.absolute.count) })
  }
}
