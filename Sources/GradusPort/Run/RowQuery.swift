import GradusSQL

/// The query that finds a row of the target: by its key where it has one, else by all values that can be compared.
struct RowQuery {
  /// Whether it finds one row at most.
  let hasKey: Bool
  private let table: PortTable
  /// Each with its parameter; none where a value is NULL.
  private let conditions: [(name: String, value: SQLValue?)]

  /// Whether nothing of the row can be compared.
  var isEmpty: Bool { conditions.isEmpty }

  /// How many rows one statement looks for: a round trip for each would take long to a server that is far away.
  static let mostTogether = 50

  /// How many rows it returns at most: of those that differ only in what cannot be compared some will do.
  static let mostRows = 100

  init(table: PortTable, row: [SQLValue]) {
    let values = zip(table.columns, row).filter { $0.0.kind.isFindable }
    let key = values.filter { table.uniqueColumns.contains($0.0.name) && $0.1 != .null }
    let hasKey = !key.isEmpty && key.count == table.uniqueColumns.count
    // How the server writes a time, only it knows: it has to compare these itself.
    let times = values.filter { $0.0.kind.isTime && !table.uniqueColumns.contains($0.0.name) }
    conditions = (hasKey ? key + times : values).map { column, value -> (name: String, value: SQLValue?) in
      guard value != .null else { return (column.name, nil) }
      let parameter = column.kind.isText ? SQLValue.text(ValueComparison.text(value)) : value
      return (column.name, parameter)
    }
    self.hasKey = hasKey
    self.table = table
  }

  /// Which queries are one statement: those by a key. Of others each may return many rows.
  static func batches(_ queries: [RowQuery]) -> [[Int]] {
    var batches: [[Int]] = []
    for (index, query) in queries.enumerated() where !query.isEmpty {
      if query.hasKey, let last = batches.last, last.count < mostTogether, queries[last[0]].hasKey {
        batches[batches.count - 1].append(index)
      } else {
        batches.append([index])
      }
    }
    return batches
  }

  /// The rows that each query finds.
  static func rows(of queries: [RowQuery], _ connection: Connection) throws -> [[Row]] {
    var parameters: [SQLValue] = []
    let parts = queries.enumerated().map { "(" + $1.sql(numbered: $0, &parameters) + ")" }
    var rows: [[Row]] = queries.map { _ in [] }
    for row in try connection.query(parts.joined(separator: " UNION ALL "), parameters) {
      rows[Int(try row.integer(0))].append(row)
    }
    return rows
  }

  /// - Parameter number: what the first column is to say; those of the table follow.
  private func sql(numbered number: Int, _ parameters: inout [SQLValue]) -> String {
    var tests: [String] = []
    for (name, value) in conditions {
      if let value { parameters.append(value) }
      tests.append(
        SQLText.identifier(name) + (value == nil ? " IS NULL" : " = $\(parameters.count)"))
    }
    let names = SQLText.identifiers(table.columns.map(\.name))
    return
      "SELECT \(number), \(names) FROM \(table.ownRows) WHERE \(tests.joined(separator: " AND ")) LIMIT \(Self.mostRows)"
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
