import GradusSQL

/// The query that finds a row of the target: by its key where it has one, else by all values that can be compared.
struct RowQuery {
  let sql: String
  let parameters: [SQLValue]
  let isEmpty: Bool

  init(table: PortTable, row: [SQLValue]) {
    let values = Dictionary(
      zip(table.columns, row).map { ($0.name, (column: $0, value: $1)) },
      uniquingKeysWith: { first, _ in first })
    let key = table.uniqueColumns.compactMap { values[$0] }
    let hasKey =
      !key.isEmpty && key.count == table.uniqueColumns.count && key.allSatisfy { $0.value != .null }
    let columns =
      hasKey
      ? key : zip(table.columns, row).map { (column: $0, value: $1) }.filter { $0.column.kind.isFindable }
    var conditions: [String] = []
    var parameters: [SQLValue] = []
    for (column, value) in columns {
      let name = SQLText.identifier(column.name)
      if value == .null {
        conditions.append("\(name) IS NULL")
      } else {
        parameters.append(column.kind.isText ? value.asText : value)
        conditions.append("\(name) = $\(parameters.count)")
      }
    }
    isEmpty = conditions.isEmpty
    self.parameters = parameters
    let names = SQLText.identifiers(table.columns.map(\.name))
    // Rows that differ only in what cannot be compared: some of them will do.
    sql =
      "SELECT \(names) FROM \(SQLText.identifier(table.name)) WHERE \(conditions.joined(separator: " AND ")) LIMIT 100"
  }
}

extension ColumnKind {
  fileprivate var isText: Bool {
    if case .text = self { return true }
    return false
  }
}

extension SQLValue {
  /// A number in a column of texts.
  fileprivate var asText: SQLValue {
    switch self {
    case .integer(let integer): .text(String(integer))
    case .double(let double): .text("\(double)")
    default: self
    }
  }
}
