import GradusSQL

/// The rows of a batch as a table that one statement can join or insert from, on either engine.
///
/// PostgreSQL gets one array a column (`unnest`), SQLite one JSON array of rows (`json_each`); of values where there is
/// but one column, which SQLite need not take apart again.
struct BatchTable {
  enum ColumnType {
    case text, integer, boolean
  }

  /// The names and types of the columns.
  let columns: [(name: String, type: ColumnType)]
  /// The rows; each has a text, integer, boolean or NULL for each column.
  var rows: [[SQLValue]] = []
  /// Whether there is one more column, `nth`: the rows' numbers, from 1.
  var isNumbered = false

  /// A table of one column of texts.
  static func texts(
    _ name: String, _ values: some Sequence<String>, isNumbered: Bool = false
  ) -> BatchTable {
    BatchTable(columns: [(name, .text)], rows: values.map { [.text($0)] }, isNumbered: isNumbered)
  }

  /// The table as an item of a FROM clause.
  ///
  /// - Parameters:
  ///   - alias: its name in the statement.
  ///   - first: the number of the first of its parameters.
  func source(as alias: String, first: Int, on engine: Engine) -> String {
    switch engine {
    case .postgres:
      let arrays = columns.enumerated().map { "$\(first + $0)::\($1.type.arrayType)" }
      let names = (columns.map(\.name) + (isNumbered ? ["nth"] : [])).joined(separator: ", ")
      let numbers = isNumbered ? "WITH ORDINALITY " : ""
      return "unnest(\(arrays.joined(separator: ", "))) \(numbers)AS \(alias) (\(names))"
    case .sqlite:
      let mark = zeroMark
      var values = columns.enumerated().map { index, column in
        let value = columns.count == 1 ? "value" : "json_extract(value, '$[\(index)]')"
        let text = column.type == .text ? mark?.unmarked(value) : nil
        return "\(text ?? value) AS \(column.name)"
      }
      if isNumbered { values.append("key + 1 AS nth") }
      // With the limit, which is none, each value is taken apart once and not wherever the statement names it.
      let limit = columns.count == 1 ? "" : " LIMIT -1"
      return "(SELECT \(values.joined(separator: ", ")) FROM json_each($\(first))\(limit)) AS \(alias)"
    }
  }

  /// The values of the table's parameters.
  func parameters(on engine: Engine) -> [SQLValue] {
    switch engine {
    case .postgres:
      return columns.enumerated().map { index, column in
        switch column.type {
        case .text: .textArray(rows.map { $0[index].text })
        case .integer: .integerArray(rows.map { $0[index].integer })
        case .boolean: .booleanArray(rows.map { $0[index].boolean })
        }
      }
    case .sqlite:
      var rows = self.rows
      if let mark = zeroMark { rows = rows.map { row in row.map { mark.marked($0) } } }
      return [.text(columns.count == 1 ? CompactJSON.array(rows.map { $0[0] }) : CompactJSON.array(rows))]
    }
  }

  /// What stands for U+0000 in the JSON; nil where no text holds it.
  private var zeroMark: ZeroMark? {
    guard rows.contains(where: { row in row.contains { $0.holdsZero } }) else { return nil }
    return ZeroMark(for: rows.joined().compactMap(\.text))
  }
}

extension SQLValue {
  fileprivate var holdsZero: Bool {
    if case .text(let text) = self { text.holdsZero } else { false }
  }
}

extension BatchTable.ColumnType {
  fileprivate var arrayType: String {
    switch self {
    case .text: "text[]"
    case .integer: "bigint[]"
    case .boolean: "boolean[]"
    }
  }
}

extension Connection {
  /// Runs a query over a batch table; an empty table gives no rows.
  ///
  /// - Parameters:
  ///   - table: the table.
  ///   - parameters: values for `$1`, `$2`, ...; those of the table follow them.
  ///   - sql: makes the statement from the table as an item of a FROM clause, named `k`.
  func query(
    over table: BatchTable, _ parameters: [SQLValue] = [], _ sql: (_ source: String) -> String
  ) throws -> [Row] {
    guard let (sql, parameters) = statement(over: table, parameters, sql) else { return [] }
    return try query(sql, parameters)
  }

  /// Runs a statement over a batch table; an empty table changes nothing.
  ///
  /// - Parameters:
  ///   - table: the table.
  ///   - parameters: values for `$1`, `$2`, ...; those of the table follow them.
  ///   - sql: makes the statement from the table as an item of a FROM clause, named `k`.
  /// - Returns: how many rows it inserted, updated or deleted.
  @discardableResult
  func execute(
    over table: BatchTable, _ parameters: [SQLValue] = [], _ sql: (_ source: String) -> String
  ) throws -> Int {
    guard let (sql, parameters) = statement(over: table, parameters, sql) else { return 0 }
    return try execute(sql, parameters)
  }

  /// A statement over a batch table, as above, and its parameters' values; nil where the table is empty.
  func statement(
    over table: BatchTable, _ parameters: [SQLValue], _ sql: (_ source: String) -> String
  ) -> (sql: String, parameters: [SQLValue])? {
    guard !table.rows.isEmpty else { return nil }
    let source = table.source(as: "k", first: parameters.count + 1, on: engine)
    return (sql(source), parameters + table.parameters(on: engine))
  }
}
