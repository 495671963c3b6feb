import GradusSQL

/// Takes rows of a table of the source by chance, as the target should have them.
struct SampleReader: Sendable {
  let table: PortTable
  let options: PortOptions

  func rows(_ connection: Connection) throws -> [SampledRow] {
    // Without a key and an index each row costs the target a look at all of them.
    let count = table.uniqueColumns.isEmpty && !table.isIndexed ? min(options.sample, 10) : options.sample
    guard count > 0 else { return [] }
    switch table.key {
    case .rowID(let name): return try byRowID(name, count, connection)
    case .columns: return try read("ORDER BY random() LIMIT \(count)", [], connection)
    }
  }

  /// The first, the last, and those after numbers by chance: no look at all rows.
  private func byRowID(_ name: String, _ count: Int, _ connection: Connection) throws -> [SampledRow] {
    let id = SQLText.identifier(name)
    let from = "FROM \(SQLText.identifier(table.sourceName))"
    // One by one: each is a look at an end of the table.
    guard let least = try connection.queryRow("SELECT min(\(id)) \(from)")?[0].integer,
      let most = try connection.queryRow("SELECT max(\(id)) \(from)")?[0].integer
    else { return [] }
    // Where there are no more rows than that, nothing is left to chance; and a number beyond all rows needs no room.
    let found =
      try connection.queryRow("SELECT count(*) FROM (SELECT 1 \(from) LIMIT \(count))")?.integer(0) ?? 0
    guard found >= count else { return try read("ORDER BY \(id)", [], connection) }
    let others = (2..<max(count, 2)).map { _ in Int64.random(in: least...most) }
    let rows = try ([least, most] + others).prefix(count).flatMap {
      try read("WHERE \(id) >= $1 ORDER BY \(id) LIMIT 1", [.integer($0)], connection)
    }
    var seen: Set<RowKey> = []
    return rows.filter { seen.insert($0.key).inserted }
  }

  private func read(
    _ rest: String, _ parameters: [SQLValue], _ connection: Connection
  ) throws -> [SampledRow] {
    let converters = table.converters(options)
    let keyCount = table.key.names.count
    let columns = SQLText.identifiers(table.key.names + table.columns.map(\.sourceName))
    var rows: [SampledRow] = []
    try connection.forEachRawRow(
      "SELECT \(columns) FROM \(SQLText.identifier(table.sourceName)) \(rest)", parameters
    ) { values in
      // A value that does not fit is that of a row that was left out.
      if let row = try? zip(converters, values[keyCount...]).map({ try $0.convert($1).owned }) {
        rows.append(
          SampledRow(key: RowKey(values.prefix(keyCount).compactMap(RowKeyValue.init)), values: row))
      }
      return true
    }
    return rows
  }
}
