import GradusSQL

/// A slice of a table's key: past `lower`, up to `upper`.
struct KeyRange {
  let key: [String]
  /// Exclusive; nil at the beginning.
  let lower: [KeyValue]?
  /// Inclusive.
  let upper: [KeyValue]

  /// The slice's values, as parameters `$1` and on: those of `lower`, then those of `upper`.
  var parameters: [SQLValue] { ((lower ?? []) + upper).map(\.sqlValue) }

  /// Replaces `{range}` and `{range:alias}` by the condition that a row's key is in the slice.
  func expand(_ sql: String) -> String {
    sql.replacing(#/\{range(?::([A-Za-z_][A-Za-z0-9_]*))?\}/#) { match in
      condition(alias: match.output.1.map(String.init))
    }
  }

  func condition(alias: String? = nil) -> String {
    let columns = "(\(SQLText.identifiers(key, alias: alias)))"
    let upperCondition = "\(columns) <= (\(placeholders(from: (lower?.count ?? 0) + 1)))"
    guard lower != nil else { return upperCondition }
    return "(\(columns) > (\(placeholders(from: 1))) AND \(upperCondition))"
  }

  private func placeholders(from first: Int) -> String {
    (0..<key.count).map { "$\(first + $0)" }.joined(separator: ", ")
  }

  /// The next slice of at most `size` rows past `lower`, and how many rows it has; nil where there are none.
  static func next(
    table: String, key: [String], past lower: [KeyValue]?, size: Int, on connection: Connection
  ) throws -> (range: KeyRange, rows: Int)? {
    let columns = SQLText.identifiers(key)
    let descending = key.map { SQLText.identifier($0) + " DESC" }.joined(separator: ", ")
    let start =
      lower.map { "WHERE (\(columns)) > (\((1...$0.count).map { "$\($0)" }.joined(separator: ", ")))" } ?? ""
    let row = try connection.queryRow(
      """
      WITH slice AS (SELECT \(columns) FROM \(SQLText.identifier(table)) \(start) ORDER BY \(columns) LIMIT \(size))
      SELECT (SELECT count(*) FROM slice), \(columns) FROM slice ORDER BY \(descending) LIMIT 1
      """, (lower ?? []).map(\.sqlValue))
    guard let row else { return nil }
    let upper = try (1...key.count).map { try KeyValue(row[$0]) }
    return (KeyRange(key: key, lower: lower, upper: upper), Int(try row.integer(0)))
  }
}
