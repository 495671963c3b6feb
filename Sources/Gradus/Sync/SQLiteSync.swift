import GradusSQL

/// A synchronised column's triggers on SQLite, which can change a row only after it is stored.
///
/// Each changes a row only where it is not right, so that the triggers, which fire each other, come to an end.
struct SQLiteSync {
  let base: String
  let sync: UpdateDeclaration.SyncColumn

  static let suffixes = ["_insert", "_insert_reverse", "_update", "_update_reverse"]

  var sql: [String] {
    let to = SQLText.identifier(sync.to)
    let fromChanged = sync.from.map(Self.changed).joined(separator: " OR ")
    var statements = [
      trigger("_insert", "AFTER INSERT", when: "NEW.\(to) IS NULL", set: to, sync.using),
      trigger(
        "_update", "AFTER UPDATE", when: "NOT \(Self.changed(sync.to)) AND (\(fromChanged))", set: to,
        sync.using),
    ]
    if let reverse = sync.reverse {
      let from = SQLText.identifier(sync.from[0])
      statements += [
        trigger(
          "_insert_reverse", "AFTER INSERT", when: "NEW.\(to) IS NOT NULL AND NEW.\(from) IS NULL", set: from,
          reverse),
        trigger(
          "_update_reverse", "AFTER UPDATE",
          when: "\(Self.changed(sync.to)) AND NOT \(Self.changed(sync.from[0]))",
          set: from, reverse),
      ]
    }
    return statements
  }

  /// The condition that a column was changed, also where its collation, or an equal number of another type, hides that.
  static func changed(_ column: String) -> String {
    let column = SQLText.identifier(column)
    return
      "(NEW.\(column) COLLATE BINARY IS NOT OLD.\(column) OR typeof(NEW.\(column)) <> typeof(OLD.\(column)))"
  }

  private func trigger(
    _ suffix: String, _ event: String, when condition: String, set column: String,
    _ value: UpdateDeclaration.EngineSQL
  ) -> String {
    let table = SQLText.identifier(sync.table)
    // IS, as a column of a key may be NULL.
    let key = sync.key.map(SQLText.identifier).map { "\($0) IS NEW.\($0)" }.joined(separator: " AND ")
    return """
      CREATE TRIGGER \(SQLText.identifier(base + suffix)) \(event) ON \(table)
      WHEN \(condition)
      BEGIN
        UPDATE \(table) SET \(column) = (\n\(value.byEngine[.sqlite] ?? "NULL")\n) WHERE \(key) AND \(sync.isWrongOnSQLite);
      END
      """
  }
}
