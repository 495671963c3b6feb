import GradusSQL

/// The query that finds a row of the target: by its key where it has one, else by all values that can be compared.
struct RowQuery {
  let sql: String
  let parameters: [SQLValue]
  let isEmpty: Bool

  /// How many rows it returns at most: of those that differ only in what cannot be compared some will do.
  static let mostRows = 100

  init(table: PortTable, row: [SQLValue]) {
    let values = zip(table.columns, row).filter { $0.0.kind.isFindable }
    let key = values.filter { table.uniqueColumns.contains($0.0.name) && $0.1 != .null }
    let hasKey = !key.isEmpty && key.count == table.uniqueColumns.count
    // How the server writes a time, only it knows: it has to compare these itself.
    let times = values.filter { $0.0.kind.isTime && !table.uniqueColumns.contains($0.0.name) }
    var conditions: [String] = []
    var parameters: [SQLValue] = []
    for (column, value) in hasKey ? key + times : values {
      let name = SQLText.identifier(column.name)
      if value == .null {
        conditions.append("\(name) IS NULL")
      } else {
        parameters.append(column.kind.isText ? .text(ValueComparison.text(value)) : value)
        conditions.append("\(name) = $\(parameters.count)")
      }
    }
    isEmpty = conditions.isEmpty
    self.parameters = parameters
    let names = SQLText.identifiers(table.columns.map(\.name))
    sql =
      "SELECT \(names) FROM \(table.ownRows) WHERE \(conditions.joined(separator: " AND ")) LIMIT \(Self.mostRows)"
  }
}

extension ColumnKind {
  fileprivate var isTime: Bool {
    if case .time = self { return true }
    return false
  }

  fileprivate var isText: Bool {
    if case .text = self { return true }
    return false
  }
}
