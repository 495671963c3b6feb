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
