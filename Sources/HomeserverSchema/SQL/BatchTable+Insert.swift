import GradusSQL

extension BatchTable {
  /// Inserts the rows into a table that has columns of the same names.
  ///
  /// On SQLite, bound values are several times as fast as JSON.
  ///
  /// - Parameter keepingPresent: whether a row that is there already, as hardly ever one is, stays and is no error.
  /// - Returns: how many were inserted.
  @discardableResult
  func insert(into name: String, keepingPresent: Bool = false, on connection: Connection) throws -> Int {
    guard !rows.isEmpty else { return 0 }
    let names = columns.map(\.name).joined(separator: ", ")
    switch connection.engine {
    case .postgres:
      let sql: (String) -> String = { source in
        "INSERT INTO \(name) (\(names)) SELECT \(names) FROM \(source)"
      }
      return keepingPresent
        ? try connection.insertMissing(over: self, [], sql) : try connection.execute(over: self, [], sql)
    case .sqlite:
      // Few enough parameters for the look-up of their names, which is linear, and one statement for all full groups.
      let group = max(1, 400 / columns.count)
      let suffix = keepingPresent ? "ON CONFLICT DO NOTHING" : ""
      let statement = { (rows: Int) -> String in
        let places = Self.places(rows: rows, columns: self.columns.count)
        return "INSERT INTO \(name) (\(names)) VALUES \(places) \(suffix)"
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

  private static func places(rows: Int, columns: Int) -> String {
    (0..<rows).map { row in
      "(" + (0..<columns).map { "$\(row * columns + $0 + 1)" }.joined(separator: ", ") + ")"
    }.joined(separator: ", ")
  }
}
