import GradusCatalog
import GradusSQL

/// A row to be inserted, with the values to try in turn where a check refuses the first.
struct GeneratedRow {
  let table: String
  let sql: String
  /// A column whose type has no known values, and which has to have one.
  let unknownColumn: String?
  private let columns: [String]
  private let values: [SQLValue]
  private let checks: [CatalogConstraint]

  init(table: String, _ definition: CatalogTable, number: Int, _ maker: ValueMaker) {
    var columns: [String] = []
    var values: [SQLValue] = []
    var unknown: String?
    for column in definition.columns where !column.isComputed {
      let kind = maker.kind(of: column)
      let leavesOut = column.isNullable && (number.isMultiple(of: 2) || kind == nil)
      if !leavesOut, kind == nil { unknown = "\(column.name) (\(column.type))" }
      columns.append(column.name)
      // What is a key is NULL on no engine.
      let isKey = definition.primaryKey.contains(column.name)
      values.append(leavesOut && !isKey ? .null : kind?.sample(number) ?? .null)
    }
    self.table = table
    self.columns = columns
    self.values = values
    unknownColumn = unknown
    checks = definition.constraints.filter { $0.kind == .check }.sorted { $0.definition < $1.definition }
    let marks = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    let overriding = definition.columns.contains(where: \.isIdentity)
    sql = """
      INSERT INTO \(SQLText.identifier(table)) (\(SQLText.identifiers(columns)))\
      \(overriding ? " OVERRIDING SYSTEM VALUE" : "") VALUES (\(marks))
      """
  }

  /// The values, then those with constants from the table's checks, which a check may ask for; a bounded number.
  var attempts: [[SQLValue]] {
    var attempts = [values]
    for candidates in candidates {
      attempts += attempts.prefix(16).flatMap { values in
        candidates.constants.map { constant in
          var values = values
          values[candidates.column] = constant
          return values
        }
      }
    }
    return Array(attempts.prefix(200))
  }

  /// The columns that checks name, each with the constants of the checks that name it.
  private var candidates: [(column: Int, constants: [SQLValue])] {
    columns.enumerated().compactMap { index, column in
      let named = checks.filter {
        $0.columns.contains(column) || $0.columns.isEmpty && Self.names($0.definition, column)
      }
      guard !named.isEmpty else { return nil }
      let constants = named.flatMap { Self.constants(in: $0.definition) }
      return (index, constants + [.null, .text("{}"), .integer(0), .integer(1)])
    }
  }

  private static func names(_ definition: String, _ column: String) -> Bool {
    definition.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains(
      where: { $0 == column.lowercased() })
  }

  /// Parsed once: checks are many. A Regex never changes.
  nonisolated(unsafe) private static let constant = #/'((?:[^']|'')*)'|\b([0-9]+)\b/#

  private static func constants(in definition: String) -> [SQLValue] {
    definition.matches(of: constant).compactMap { match in
      if let text = match.1 { return .text(String(text).replacing("''", with: "'")) }
      return match.2.flatMap { Int64($0) }.map { .integer($0) }
    }
  }
}
