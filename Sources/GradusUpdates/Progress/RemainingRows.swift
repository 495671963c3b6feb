import Gradus
import GradusSQL

/// Roughly how many rows a walk along a column of whole numbers has before it. The distance of two numbers says so only
/// where few are left out between them, as identifiers made of a time and a counter leave most out.
enum RemainingRows {
  /// So many rows are counted on SQLite; beyond them as many are expected as there are among these.
  private static let exactUpTo = 50_000

  /// Less than what any row takes of a file of SQLite's.
  private static let leastBytes = 8.0

  /// The rows past a value.
  ///
  /// - Parameters:
  ///   - table: the table.
  ///   - column: its key.
  ///   - position: the value.
  ///   - connection: a connection to its database.
  static func of(_ table: String, column: String, past position: Int64, on connection: Connection) throws
    -> Int?
  {
    switch connection.engine {
    case .sqlite: return try onSQLite(table, column, past: position, connection)
    case .postgres: return try onPostgres(table, column, past: position, connection)
    }
  }

  /// All rows of a table; nil where nothing is known.
  static func ofWholeTable(_ table: String, on connection: Connection) throws -> Int? {
    guard connection.engine == .sqlite else {
      return try TableStatistics.estimatedRows(of: table, on: connection)
    }
    do {
      return try onSQLite(table, "rowid", past: nil, connection)
    } catch let error as SQLError where error.code == .undefinedObject {
      // A table WITHOUT ROWID.
      return nil
    }
  }

  private static func onSQLite(
    _ table: String, _ column: String, past position: Int64?, _ connection: Connection
  ) throws -> Int? {
    let (table, column) = (SQLText.identifier(table), SQLText.identifier(column))
    let row = try connection.queryRow(
      """
      SELECT count(*), min(number), max(number), (SELECT max(\(column)) FROM \(table)),
        (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)
      FROM (
        SELECT \(column) AS number FROM \(table) \(position == nil ? "" : "WHERE \(column) > $2")
        ORDER BY \(column) LIMIT $1
      )
      """, [SQLValue(exactUpTo)] + (position.map { [SQLValue.integer($0)] } ?? []))
    guard let row else { return nil }
    let counted = Int(try row.integer(0))
    guard counted == exactUpTo, let oldest = row[1].integer, let end = row[2].integer,
      let newest = row[3].integer, let bytes = row[4].integer
    else { return counted }
    // From the first that is left: those right behind the position may have been deleted.
    let distance = Double(newest) - Double(oldest) + 1
    let expected = Double(counted) * distance / (Double(end) - Double(oldest) + 1)
    return max(counted, Int(min(distance, expected, Double(bytes) / leastBytes)))
  }

  private static func onPostgres(
    _ table: String, _ column: String, past position: Int64, _ connection: Connection
  ) throws -> Int? {
    let (table, column) = (SQLText.identifier(table), SQLText.identifier(column))
    let row = try connection.queryRow(
      """
      SELECT min(\(column)), max(\(column)),
        (SELECT nullif(reltuples, -1)::float8 FROM pg_class WHERE oid = to_regclass($1))
      FROM \(table)
      """, [.text(table)])
    guard let oldest = row?[0].integer, let newest = row?[1].integer, newest > position else { return 0 }
    // Those right behind the position may have been deleted.
    let start = oldest > position ? oldest - 1 : position
    let (distance, isBeyond) = newest.subtractingReportingOverflow(start)
    if let rows = row?[2].double, !isBeyond, Double(newest) - Double(oldest) <= 2 * rows {
      return Int(distance)
    }
    let counted = try RowEstimate.count(table, where: "\(column) > $1", [.integer(position)], on: connection)
    return isBeyond ? counted : counted.map { min($0, Int(distance)) }
  }
}
