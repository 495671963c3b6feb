import GradusSQL

/// Derived rows whose position the source does not have any more for their key.
///
/// An older version may remove source rows, or put an older one back in a newer one's place: no position grows by that,
/// so that nothing else tells. A row of the source that has no position bears all derived rows of its key out.
struct UnsupportedRows {
  let rule: StalenessRule
  let connection: Connection

  /// Removes them, and puts their keys into the queue table where there is one.
  ///
  /// - Returns: the position behind which their keys are to be calculated again, `Int64.min` for all; nil where there are
  ///   no such rows.
  func remove() throws -> Int64? {
    let table = SQLText.identifier(rule.table)
    guard try connection.queryRow("SELECT 1 FROM \(table) d WHERE \(condition) LIMIT 1") != nil else {
      return nil
    }
    let keys = SQLText.identifiers(rule.key, alias: "d")
    if rule.requeue.into == nil, connection.engine == .postgres {
      // In one statement, as older versions write meanwhile: all rows that go are to be behind the position.
      return try firstPosition(
        of: "gradus_gone d",
        "WITH gradus_gone AS (DELETE FROM \(table) AS d WHERE \(condition) RETURNING \(keys))")
    }
    let hasNoKey = rule.key.map { "d.\(SQLText.identifier($0)) IS NULL" }.joined(separator: " OR ")
    let rows = "SELECT \(keys) FROM \(table) d WHERE \(condition) AND NOT (\(hasNoKey))"
    let position = try firstPosition(of: "(\(rows)) AS d")
    try KeyRemoval(rule: rule, connection: connection).run(rows, rule.key)
    // No row of the source is ever of their key.
    try connection.execute("DELETE FROM \(table) AS d WHERE \(hasNoKey)")
    return position
  }

  /// The position just before the first source row of some keys; above all where the source has none of them any more.
  ///
  /// - Parameters:
  ///   - keys: the keys, as an item of a FROM clause named `d`.
  ///   - clause: what the query begins with.
  private func firstPosition(of keys: String, _ clause: String = "") throws -> Int64 {
    let row = try connection.queryRow(
      """
      \(clause)
      SELECT count(*), \(GuardTrigger.position(SQLText.identifier(rule.source.position)))
      FROM \(keys) JOIN \(SQLText.identifier(rule.source.table)) s ON \(sameKey)
      """)
    guard let row, try row.integer(0) > 0 else { return .max }
    return row[1].integer ?? .min
  }

  private var sameKey: String { SQLText.match(rule.source.key, alias: "s", "d", rule.key) }

  /// In two parts: joined by OR, neither could use an index on key and position.
  private var condition: String {
    let position = "s.\(SQLText.identifier(rule.source.position))"
    let hasSource =
      "EXISTS (SELECT 1 FROM \(SQLText.identifier(rule.source.table)) s WHERE \(sameKey) AND \(position)"
    return "NOT \(hasSource) = d.\(SQLText.identifier(rule.position))) AND NOT \(hasSource) IS NULL)"
  }
}
