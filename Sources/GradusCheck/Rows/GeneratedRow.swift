import GradusCatalog
import GradusSQL

/// A row to be inserted, with the values to try in turn where the first are refused.
struct GeneratedRow {
  let table: String
  /// The columns that get values.
  let columns: [String]
  let sql: String
  /// A column whose type has no known values, and which has to have one.
  let unknownColumn: String?
  let attempts: RowAttempts

  /// - Parameters:
  ///   - table: the table's name.
  ///   - definition: the table.
  ///   - bounds: of a partitioned table, what its partitions take.
  ///   - number: what the row is made from.
  ///   - maker: makes the values.
  init(
    table: String, _ definition: CatalogTable, bounds: [String], number: Int, _ maker: ValueMaker
  ) {
    let columns = definition.columns.filter { !$0.isComputed }
    var values: [SQLValue] = []
    var alternatives: [RowAttempts.Alternatives] = []
    var unknown: String?
    for (index, column) in columns.enumerated() {
      let kind = maker.kind(of: column)
      // What is a key is NULL on no engine.
      let mayBeNull = maker.mayBeNull(column) && !definition.primaryKey.contains(column.name)
      let isLeftOut = mayBeNull && (number.isMultiple(of: 2) || kind == nil)
      if !isLeftOut, kind == nil { unknown = "\(column.name) (\(column.type))" }
      values.append(isLeftOut ? .null : kind?.sample(number) ?? .null)
      let checks =
        definition.checks(of: column.name, bounds) + [maker.types.domain(column.type)].compactMap { $0 }
      var others = checks.isEmpty ? [] : CheckedValues.all(of: checks, kind, number)
      // What refers to a table that has no such row may do without.
      if mayBeNull, !checks.isEmpty || definition.refers(by: column.name, on: maker.engine) {
        others.append(.null)
      }
      if !others.isEmpty { alternatives.append(.init(column: index, values: others)) }
    }
    self.table = table
    self.columns = columns.map(\.name)
    unknownColumn = unknown
    attempts = RowAttempts(values, alternatives)
    let names = SQLText.identifiers(columns.map(\.name))
    let marks = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    let overriding = columns.contains(where: \.isIdentity) ? " OVERRIDING SYSTEM VALUE" : ""
    sql = "INSERT INTO \(SQLText.identifier(table)) (\(names))\(overriding) VALUES (\(marks))"
  }
}

extension CatalogTable {
  /// What the table demands of a column, as SQL.
  ///
  /// - Parameter bounds: what its partitions take.
  fileprivate func checks(of column: String, _ bounds: [String]) -> [String] {
    let checks = constraints.filter { constraint in
      guard constraint.kind == .check else { return false }
      // SQLite does not say which columns a check is about.
      return constraint.columns.contains(column)
        || constraint.columns.isEmpty && Self.names(constraint.definition, column)
    }
    let isPartitionKey = partitioning.map { Self.names($0, column) } ?? false
    return checks.map(\.definition).sorted() + (isPartitionKey ? bounds : [])
  }

  /// Whether a foreign key has the column.
  fileprivate func refers(by column: String, on engine: Engine) -> Bool {
    constraints.contains { constraint in
      constraint.kind == .foreignKey
        && constraint.columns.contains { engine.folded($0) == engine.folded(column) }
    }
  }

  private static func names(_ definition: String, _ column: String) -> Bool {
    definition.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains(
      where: { $0 == column.lowercased() })
  }
}
