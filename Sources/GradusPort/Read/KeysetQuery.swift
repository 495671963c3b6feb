import GradusSQL

/// The query for a table's rows after a key: the key's values, then those of the columns.
struct KeysetQuery {
  let sql: String
  let parameters: [SQLValue]

  init(table: PortTable, after key: RowKey?) {
    let names = table.key.names.map(SQLText.identifier)
    let columns = SQLText.identifiers(table.columns.map(\.sourceName))
    // With another collation than the index's, the order would be another one, in which rows can be equal.
    let collations: [String] =
      switch table.key {
      case .rowID: [""]
      case .columns(let columns): columns.map { " COLLATE \(SQLText.identifier($0.collation))" }
      }
    let list = names.joined(separator: ", ")
    var sql = "SELECT \(list), \(columns) FROM \(SQLText.identifier(table.sourceName))"
    if let key {
      // Of both sides that which says a collation decides; on the columns' the index would be of no use.
      let values = zip(key.values, collations).enumerated().map { $1.0.sql($0 + 1) + $1.1 }
      sql += " WHERE (\(list)) > (\(values.joined(separator: ", ")))"
    }
    self.sql = sql + " ORDER BY " + zip(names, collations).map { $0 + $1 }.joined(separator: ", ")
    parameters = key?.values.map(\.parameter) ?? []
  }
}
