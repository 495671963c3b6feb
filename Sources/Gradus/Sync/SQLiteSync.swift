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
    let fromChanged = sync.from.map(SQLText.identifier).map { "NEW.\($0) IS NOT OLD.\($0)" }
      .joined(separator: " OR ")
    var statements = [
      trigger("_insert", "AFTER INSERT", when: "NEW.\(to) IS NULL", set: to, sync.using),
      trigger(
        "_update", "AFTER UPDATE", when: "NEW.\(to) IS OLD.\(to) AND (\(fromChanged))", set: to, sync.using),
    ]
    if let reverse = sync.reverse {
      let from = SQLText.identifier(sync.from[0])
      statements += [
        trigger(
          "_insert_reverse", "AFTER INSERT", when: "NEW.\(to) IS NOT NULL AND NEW.\(from) IS NULL", set: from,
          reverse),
        trigger(
          "_update_reverse", "AFTER UPDATE",
          when: "NEW.\(to) IS NOT OLD.\(to) AND NEW.\(from) IS OLD.\(from)",
          set: from, reverse),
      ]
    }
    return statements
  }

  private func trigger(
    _ suffix: String, _ event: String, when condition: String, set column: String,
    _ value: UpdateDeclaration.EngineSQL
  ) -> String {
    let table = SQLText.identifier(sync.table)
    let key = sync.key.map(SQLText.identifier).map { "\($0) = NEW.\($0)" }.joined(separator: " AND ")
    return """
      CREATE TRIGGER \(SQLText.identifier(base + suffix)) \(event) ON \(table)
      WHEN \(condition)
      BEGIN
        UPDATE \(table) SET \(column) = (\n\(value.byEngine[.sqlite] ?? "NULL")\n) WHERE \(key) AND \(sync.isWrong(on: .sqlite));
      END
      """
  }
}
