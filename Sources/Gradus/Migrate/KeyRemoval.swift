import GradusSQL

/// Removes derived rows by their keys, and puts these into the queue table where there is one.
///
/// Older versions write meanwhile on PostgreSQL: of a key that only the second of two statements finds, or does not find any
/// more, the row would go without anybody calculating it again. So both are one statement there.
struct KeyRemoval {
  let rule: StalenessRule
  let connection: Connection

  /// - Parameters:
  ///   - keys: a query for keys, each once and none with a NULL.
  ///   - columns: its columns, in the order of the rule's key.
  ///   - parameters: its values.
  func run(_ keys: String, _ columns: [String], _ parameters: [SQLValue] = []) throws {
    guard let queue = rule.requeue.into else {
      try connection.execute(remove(keys), parameters)
      return
    }
    switch connection.engine {
    case .sqlite:
      // In this order, as the keys may be those of the very rows.
      try connection.execute(enqueue("(\(keys))", columns, into: queue), parameters)
      try connection.execute(remove(keys), parameters)
    case .postgres:
      let found = "SELECT \(SQLText.identifiers(columns)) FROM gradus_keys"
      try connection.execute(
        """
        WITH gradus_keys AS MATERIALIZED (\(keys)), gradus_removed AS (\(remove(found)))
        \(enqueue("gradus_keys", columns, into: queue))
        """, parameters)
    }
  }

  private func remove(_ keys: String) -> String {
    "DELETE FROM \(SQLText.identifier(rule.table)) WHERE (\(SQLText.identifiers(rule.key))) IN (\(keys))"
  }

  /// In an order, as guards take keys in one, too.
  private func enqueue(_ keys: String, _ columns: [String], into queue: String) -> String {
    let list = SQLText.identifiers(columns, alias: "k")
    return """
      INSERT INTO \(SQLText.identifier(queue)) (\(SQLText.identifiers(rule.key)))
      SELECT \(list) FROM \(keys) AS k WHERE \(rule.requeue.parentExists("k", columns) ?? "TRUE")
      ORDER BY \(list) ON CONFLICT DO NOTHING
      """
  }
}
