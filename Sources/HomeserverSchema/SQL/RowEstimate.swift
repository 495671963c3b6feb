import Gradus
import GradusSQL

/// Rough counts that stay cheap on tables of any size.
enum RowEstimate {
  private static let exactUpTo = 200_000

  /// How many rows a condition holds for. On PostgreSQL it is exact up to a limit, beyond it the planner's
  /// estimate of the whole table; SQLite counts fast enough to be exact always.
  ///
  /// - Returns: nil where the engine has no estimate.
  static func count(
    _ table: String, where condition: String, _ parameters: [SQLValue], on connection: Connection
  ) throws -> Int? {
    let limit =
      switch connection.engine {
      case .postgres: "LIMIT \(exactUpTo)"
      case .sqlite: ""
      }
    let row = try connection.queryRow(
      "SELECT COUNT(*) FROM (SELECT 1 FROM \(table) WHERE \(condition) \(limit)) AS counted", parameters)
    guard let counted = row?[0].integer else { return nil }
    guard connection.engine == .postgres, counted >= exactUpTo else { return Int(counted) }
    return max(try TableStatistics.estimatedRows(of: table, on: connection) ?? 0, Int(counted))
  }
}
