import GradusSQL

extension BatchTable {
  /// What becomes of a row whose key is there already.
  enum Present {
    /// It is an error.
    case fails
    /// It stays as it is; hardly ever there is one.
    case stays
    /// Its other columns get the new values. The key is a column.
    case isReplaced(key: String)
  }

  /// Inserts the rows into a table that has columns of the same names.
  ///
  /// On SQLite, bound values are several times as fast as JSON.
  ///
  /// - Parameter present: what becomes of rows that are there already.
  /// - Returns: how many were written.
  @discardableResult
  func insert(into name: String, present: Present = .fails, on connection: Connection) throws -> Int {
    guard !rows.isEmpty else { return 0 }
    let names = columns.map(\.name).joined(separator: ", ")
    switch connection.engine {
    case .postgres:
      let insert = { (source: String) in "INSERT INTO \(name) (\(names)) SELECT \(names) FROM \(source)" }
      guard case .stays = present else {
        return try connection.execute(over: self) { insert($0) + clause(present) }
      }
      return try connection.insertMissing(over: self, [], insert)
    case .sqlite:
      // Few enough parameters for the look-up of their names, which is linear, and one statement for all full groups.
      let group = max(1, 400 / columns.count)
      let statement = { (rows: Int) -> String in
        let places = Self.places(rows: rows, columns: self.columns.count)
        return "INSERT INTO \(name) (\(names)) VALUES \(places)" + self.clause(present)
      }
      let (whole, single) = (rows.count >= group ? statement(group) : "", statement(1))
      var (start, inserted) = (0, 0)
      while start < rows.count {
        let count = rows.count - start >= group ? group : 1
        inserted += try connection.execute(
          count == group ? whole : single, Array(rows[start..<start + count].joined()))
        start += count
      }
      return inserted
    }
  }

  /// What follows the rows in the statement.
  private func clause(_ present: Present) -> String {
    switch present {
    case .fails: return ""
    case .stays: return " ON CONFLICT DO NOTHING"
    case .isReplaced(let key):
      let changes = columns.map(\.name).filter { $0 != key }.map { "\($0) = excluded.\($0)" }
      return " ON CONFLICT (\(key)) DO UPDATE SET \(changes.joined(separator: ", "))"
    }
  }

  private static func places(rows: Int, columns: Int) -> String {
    (0..<rows).map { row in
      "(" + (0..<columns).map { "$\(row * columns + $0 + 1)" }.joined(separator: ", ") + ")"
    }.joined(separator: ", ")
  }
}
