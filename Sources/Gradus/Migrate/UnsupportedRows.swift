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
    let position = try firstPosition()
    if let queue = rule.requeue.into {
      let parent = rule.requeue.parentExists("d", rule.key).map { "AND \($0)" } ?? ""
      try connection.execute(
        """
        INSERT INTO \(SQLText.identifier(queue)) (\(SQLText.identifiers(rule.key)))
        SELECT \(SQLText.identifiers(rule.key, alias: "d")) FROM \(table) d WHERE \(condition) \(parent)
        ON CONFLICT DO NOTHING
        """)
    }
    try connection.execute("DELETE FROM \(table) AS d WHERE \(condition)")
    return position
  }

  /// The position just before the first source row of the keys; above all where the source has none of them any more.
  private func firstPosition() throws -> Int64 {
    let row = try connection.queryRow(
      """
      SELECT count(*), \(GuardTrigger.position(SQLText.identifier(rule.source.position)))
      FROM \(SQLText.identifier(rule.table)) d JOIN \(SQLText.identifier(rule.source.table)) s ON \(sameKey)
      WHERE \(condition)
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
