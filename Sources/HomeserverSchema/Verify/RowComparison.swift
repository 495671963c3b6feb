import GradusSQL

/// Collects the columns of one row that do not hold what they may.
struct RowComparison {
  let key: VerificationReport.Key
  let row: Row
  private(set) var differences: [VerificationReport.Difference] = []

  init(key: VerificationReport.Key, row: Row) {
    self.key = key
    self.row = row
  }

  /// Requires a column to hold one of some values.
  mutating func expect(_ column: String, _ values: [SQLValue]) {
    let found = Self.comparable(row[column], like: values)
    guard !values.contains(found) else { return }
    var texts: [String] = []
    for value in values.map(Self.text) where !texts.contains(value) { texts.append(value) }
    differences.append(.init(key: key, column: column, expected: texts, found: Self.text(found)))
  }

  /// SQLite's 0 and 1 are truth values where truth values are expected.
  static func comparable(_ value: SQLValue, like expected: [SQLValue]) -> SQLValue {
    if case .boolean = expected.first, case .integer(let integer) = value { return .boolean(integer != 0) }
    return value
  }

  private static func text(_ value: SQLValue) -> String {
    switch value {
    case .null: "NULL"
    case .integer(let integer): String(integer)
    case .boolean(let boolean): boolean ? "true" : "false"
    case .text(let text): "'\(text)'"
    default: "a value of another type"
    }
  }
}
