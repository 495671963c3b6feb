import GradusSQL

extension BatchTable {
  /// Inserts the rows into a table that has columns of the same names.
  ///
  /// On SQLite, bound values are several times as fast as JSON.
  func insert(into name: String, on connection: Connection) throws {
    guard !rows.isEmpty else { return }
    let names = columns.map(\.name).joined(separator: ", ")
    switch connection.engine {
    case .postgres:
      try connection.execute(over: self) { source in
        "INSERT INTO \(name) (\(names)) SELECT \(names) FROM \(source)"
      }
    case .sqlite:
      // Few enough parameters for the look-up of their names, which is linear, and one statement for all full groups.
      let group = max(1, 400 / columns.count)
      var start = 0
      while start < rows.count {
        let count = rows.count - start >= group ? group : 1
        try connection.execute(
          "INSERT INTO \(name) (\(names)) VALUES \(Self.places(rows: count, columns: columns.count))",
          Array(rows[start..<start + count].joined()))
        start += count
      }
    }
  }

  private static func places(rows: Int, columns: Int) -> String {
    (0..<rows).map { row in
      "(" + (0..<columns).map { "$\(row * columns + $0 + 1)" }.joined(separator: ", ") + ")"
    }.joined(separator: ", ")
  }
}
