import Foundation
package import GradusSQL

/// Rough counts that stay cheap on tables of any size.
package enum RowEstimate {
  private static let exactUpTo = 200_000

  /// How many rows a condition holds for. On PostgreSQL it is exact up to a limit, beyond it what the planner expects;
  /// SQLite, which expects nothing, counts some ten million keys a second.
  package static func count(
    _ table: String, where condition: String, _ parameters: [SQLValue], on connection: Connection
  ) throws -> Int? {
    let rows = "SELECT 1 FROM \(table) WHERE \(condition)"
    let limit =
      switch connection.engine {
      case .postgres: "LIMIT \(exactUpTo)"
      case .sqlite: ""
      }
    let row = try connection.queryRow("SELECT COUNT(*) FROM (\(rows) \(limit)) AS counted", parameters)
    guard let counted = row?[0].integer else { return nil }
    guard connection.engine == .postgres, counted >= exactUpTo else { return Int(counted) }
    let plan = try connection.queryRow("EXPLAIN (FORMAT JSON) \(rows)", parameters)?[0].text
    return max(plan.flatMap(expectedRows) ?? 0, Int(counted))
  }

  /// How many rows a plan's topmost node is expected to give; by the documentation of PostgreSQL's EXPLAIN.
  private static func expectedRows(_ plan: String) -> Int? {
    let plans = try? JSONSerialization.jsonObject(with: Data(plan.utf8)) as? [[String: [String: Any]]]
    return plans?.first?["Plan"]?["Plan Rows"] as? Int
  }
}
