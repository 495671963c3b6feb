import GradusSQL

/// The query for a table's rows after a key: the key's values, then those of the columns.
struct KeysetQuery {
  let sql: String
  let parameters: [SQLValue]

  init(table: PortTable, after key: RowKey?) {
    let names = SQLText.identifiers(table.key.names)
    let columns = SQLText.identifiers(table.columns.map(\.sourceName))
    var sql = "SELECT \(names), \(columns) FROM \(SQLText.identifier(table.sourceName))"
    if let key {
      let values = key.values.enumerated().map { $1.sql($0 + 1) }.joined(separator: ", ")
      sql += " WHERE (\(names)) > (\(values))"
    }
    self.sql = sql + " ORDER BY \(names)"
    parameters = key?.values.map(\.parameter) ?? []
  }
}
