import GradusSQL

/// Takes rows of a table of the source by chance, as the target should have them.
struct SampleReader: Sendable {
  let table: PortTable
  let options: PortOptions

  func rows(_ connection: Connection) throws -> [[SQLValue]] {
    // Without a key and an index each row costs the target a look at all of them.
    let count = table.uniqueColumns.isEmpty && !table.isIndexed ? min(options.sample, 10) : options.sample
    guard count > 0 else { return [] }
    switch table.key {
    case .rowID(let name): return try byRowID(name, count, connection)
    case .columns: return try read("ORDER BY random() LIMIT \(count)", [], connection)
    }
  }

  /// The first, the last, and those after numbers by chance: no look at all rows.
  private func byRowID(_ name: String, _ count: Int, _ connection: Connection) throws -> [[SQLValue]] {
    let id = SQLText.identifier(name)
    let from = "FROM \(SQLText.identifier(table.sourceName))"
    // One by one: each is a look at an end of the table.
    guard let least = try connection.queryRow("SELECT min(\(id)) \(from)")?[0].integer,
      let most = try connection.queryRow("SELECT max(\(id)) \(from)")?[0].integer
    else { return [] }
    var starts: Set<Int64> = [least, most]
    for _ in 0..<count { starts.insert(Int64.random(in: least...most)) }
    return try starts.flatMap {
      try read("WHERE \(id) >= $1 ORDER BY \(id) LIMIT 1", [.integer($0)], connection)
    }
  }

  private func read(_ rest: String, _ parameters: [SQLValue], _ connection: Connection) throws -> [[SQLValue]]
  {
    let converters = table.converters(options)
    let columns = SQLText.identifiers(table.columns.map(\.sourceName))
    var rows: [[SQLValue]] = []
    try connection.forEachRawRow(
      "SELECT \(columns) FROM \(SQLText.identifier(table.sourceName)) \(rest)", parameters
    ) { values in
      // A value that does not fit is that of a row that was left out.
      if let row = try? zip(converters, values).map({ try $0.convert($1).owned }) { rows.append(row) }
      return true
    }
    return rows
  }
}
