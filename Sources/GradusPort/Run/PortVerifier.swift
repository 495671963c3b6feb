import GradusSQL

/// Compares source and target: the number of rows of each table, and rows by chance value by value.
struct PortVerifier: Sendable {
  let options: PortOptions
  let source: Session
  let target: Session

  /// What differs.
  func differences(_ table: PortTable, total: Int, _ progress: PortRecord.Table) async throws -> [String] {
    let count = try await target.run { connection in
      Int(try connection.queryRow("SELECT count(*) FROM \(SQLText.identifier(table.name))")?.integer(0) ?? 0)
    }
    guard count == total - progress.leftOut else {
      return ["\(table.name): the target has \(count) rows, the source \(total - progress.leftOut)"]
    }
    let reader = SampleReader(table: table, options: options)
    let rows = try await source.run { try reader.rows($0) }
    return try await target.run { connection in
      try rows.compactMap { try difference(table, $0, connection) }
    }
  }

  /// What differs of one row; nil where nothing does.
  private func difference(_ table: PortTable, _ row: [SQLValue], _ connection: Connection) throws -> String? {
    let query = RowQuery(table: table, row: row)
    guard !query.isEmpty else { return nil }
    let found = try connection.query(query.sql, query.parameters)
    guard let first = found.first else { return "\(table.name): a row of the source is missing" }
    func differing(_ other: Row) -> [String] {
      table.columns.enumerated().compactMap { index, column in
        ValueComparison.isEqual(row[index], other[index], column.kind) ? nil : column.name
      }
    }
    if found.contains(where: { differing($0).isEmpty }) { return nil }
    return "\(table.name): a row differs in \(differing(first).joined(separator: ", "))"
  }
}

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
