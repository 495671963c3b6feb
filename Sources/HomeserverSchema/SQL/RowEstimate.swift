import GradusSQL

/// Rough counts that stay cheap on tables of any size.
enum RowEstimate {
  private static let exactUpTo = 200_000

  /// How many rows a condition holds for: exact up to a limit, beyond it the engine's own estimate for the whole table.
  ///
  /// - Returns: nil where the engine has no estimate.
  static func count(
    _ table: String, where condition: String, _ parameters: [SQLValue], on connection: Connection
  ) throws -> Int? {
    let counted = try connection.queryRow(
      "SELECT COUNT(*) FROM (SELECT 1 FROM \(table) WHERE \(condition) LIMIT \(exactUpTo)) AS counted", parameters)
    guard let counted = counted?[0].integer else { return nil }
    guard counted >= exactUpTo, connection.engine == .postgres else { return Int(counted) }
    let row = try connection.queryRow(
      "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass($1::text)", [.text(table)])
    return row?[0].integer.map { max(Int($0), Int(counted)) }
  }
}
