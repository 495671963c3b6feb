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
    table: String, key: [String], past lower: [KeyValue]?, upTo bound: [KeyValue]? = nil, size: Int,
    on connection: Connection
  ) throws -> (range: KeyRange, rows: Int)? {
    let columns = SQLText.identifiers(key)
    let descending = key.map { SQLText.identifier($0) + " DESC" }.joined(separator: ", ")
    var parameters: [SQLValue] = []
    var conditions: [String] = []
    for (sign, values) in [(">", lower), ("<=", bound)] {
      guard let values else { continue }
      let first = parameters.count + 1
      let placeholders = values.indices.map { "$\(first + $0)" }.joined(separator: ", ")
      conditions.append("(\(columns)) \(sign) (\(placeholders))")
      parameters += values.map(\.sqlValue)
    }
    let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    // The size is a parameter, so that the statement stays one and the same while batches grow and shrink.
    parameters.append(SQLValue(size))
    let row = try connection.queryRow(
      """
      WITH slice AS (
        SELECT \(columns) FROM \(SQLText.identifier(table)) \(condition) ORDER BY \(columns) LIMIT $\(parameters.count))
      SELECT (SELECT count(*) FROM slice), \(columns) FROM slice ORDER BY \(descending) LIMIT 1
      """, parameters)
    guard let row else { return nil }
    let upper = try (1...key.count).map { try KeyValue(row[$0]) }
    return (KeyRange(key: key, lower: lower, upper: upper), Int(try row.integer(0)))
  }
}
