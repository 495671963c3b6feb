import Gradus
import GradusSQL

/// The definitions that `sqlite_master` holds. It is read once, as each look into it goes over all of it.
struct SQLiteTexts {
  /// The tables by name.
  private(set) var tables: [String: String] = [:]
  /// The indexes by name, without those that a constraint makes.
  private(set) var indexes: [String: String] = [:]
  /// The views by name.
  private(set) var views: [String: String] = [:]
  /// The triggers by name, by their table or view.
  private var triggers: [SQLiteName: [String: String]] = [:]

  init(_ connection: Connection) throws {
    try connection.forEachRow("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL") {
      row in
      let (name, sql) = (try row.text(1), try row.text(3))
      switch try row.text(0) {
      case "table":
        try EquivalentNames.refuse(name, in: tables, of: "tables")
        tables[name] = sql
      case "index":
        try EquivalentNames.refuse(name, in: indexes, of: "indexes")
        indexes[name] = sql
      case "view":
        try EquivalentNames.refuse(name, in: views, of: "views")
        views[name] = sql
      default:
        // Names its table as it was written, in whatever letter case.
        let table = try row.text(2)
        try EquivalentNames.refuse(name, in: triggers[SQLiteName(table)], of: "triggers of '\(table)'")
        triggers[SQLiteName(table), default: [:]][name] = sql
      }
    }
  }

  /// The triggers of a table or view.
  func triggers(of name: String) -> [String: String] { triggers[SQLiteName(name)] ?? [:] }
}
