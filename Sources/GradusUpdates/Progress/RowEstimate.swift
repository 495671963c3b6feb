import Foundation
package import GradusSQL

/// Rough counts that stay cheap on tables of any size.
package enum RowEstimate {
  /// So many are counted: on SQLite, which counts some ten million keys a second, for as long as one waits for a status.
  private static func exactUpTo(_ engine: Engine) -> Int {
    switch engine {
    case .postgres: 200_000
    case .sqlite: 20_000_000
    }
  }

  /// How many rows a condition holds for. It is exact up to a limit; beyond it what PostgreSQL's planner expects, and nil on
  /// SQLite, which expects nothing.
  ///
  /// - Parameter limit: how many are counted; nil for what does not take long.
  package static func count(
    _ table: String, where condition: String, _ parameters: [SQLValue], upTo limit: Int? = nil,
    on connection: Connection
  ) throws -> Int? {
    let limit = limit ?? exactUpTo(connection.engine)
    let rows = "SELECT 1 FROM \(table) WHERE \(condition)"
    let row = try connection.queryRow("SELECT COUNT(*) FROM (\(rows) LIMIT \(limit)) AS counted", parameters)
    guard let counted = row?[0].integer else { return nil }
    guard counted >= limit else { return Int(counted) }
    guard connection.engine == .postgres else { return nil }
    let plan = try connection.queryRow("EXPLAIN (FORMAT JSON) \(rows)", parameters)?[0].text
    return max(plan.flatMap(expectedRows) ?? 0, Int(counted))
  }

  /// How many rows a plan's topmost node is expected to give; by the documentation of PostgreSQL's EXPLAIN.
  private static func expectedRows(_ plan: String) -> Int? {
    let plans = try? JSONSerialization.jsonObject(with: Data(plan.utf8)) as? [[String: [String: Any]]]
    return plans?.first?["Plan"]?["Plan Rows"] as? Int
  }
}
