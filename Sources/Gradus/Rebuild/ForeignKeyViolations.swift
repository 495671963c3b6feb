import GradusSQL

/// The rows of some tables that violate a foreign key, to tell those that a change brought from those before.
struct ForeignKeyViolations {
  private struct Violation: Hashable {
    let table: String
    let key: [SQLValue]
    /// NULL where the table has no row ids.
    let rowID: SQLValue
  }

  private var counts: [Violation: Int] = [:]
  /// Tables that cannot be checked, since what they reference is not there or not unique, each with SQLite's error.
  private(set) var unreadable: [String: SQLError] = [:]

  /// Reads the violations of these tables.
  init(of tables: [String], _ connection: Connection) throws {
    for table in tables {
      let keys = try Self.keys(of: table, connection)
      do {
        try connection.forEachRow(
          "SELECT fkid, rowid FROM pragma_foreign_key_check($1)", [.text(table)]
        ) { row in
          let violation = Violation(table: table, key: keys[try row.integer(0)] ?? [], rowID: row[1])
          counts[violation, default: 0] += 1
        }
      } catch let error as SQLError where error.code == .other || error.code == .undefinedObject {
        unreadable[table] = error
      }
    }
  }

  /// The parent and the columns of each foreign key: its number changes when another is added.
  private static func keys(of table: String, _ connection: Connection) throws -> [Int64: [SQLValue]] {
    var keys: [Int64: [SQLValue]] = [:]
    try connection.forEachRow(
      #"SELECT id, "table", "from", "to" FROM pragma_foreign_key_list($1) ORDER BY id, seq"#, [.text(table)]
    ) { keys[try $0.integer(0), default: []] += $0.values.dropFirst() }
    return keys
  }

  /// How many violations of each table were not there before.
  func added(since before: ForeignKeyViolations) -> [String: Int] {
    var added: [String: Int] = [:]
    for (violation, count) in counts where before.unreadable[violation.table] == nil {
      let more = count - (before.counts[violation] ?? 0)
      if more > 0 { added[violation.table, default: 0] += more }
    }
    return added
  }

  /// The tables other than itself that reference a table.
  static func tables(referencing table: String, _ connection: Connection) throws -> [String] {
    try connection.query(
      """
      SELECT DISTINCT m.name FROM sqlite_master m, pragma_foreign_key_list(m.name) k
      WHERE m.type = 'table' AND k."table" = $1 COLLATE NOCASE AND m.name <> $1 ORDER BY m.name
      """, [.text(table)]
    ).map { try $0.text(0) }
  }
}
