import GradusSQL

/// Compares source and target: the number of rows of each table, and rows by chance value by value.
struct PortVerifier: Sendable {
  let options: PortOptions
  let source: Session
  let target: Session

  /// How many rows of a table are named.
  private static let mostNamed = 5

  /// What differs.
  func differences(_ table: PortTable, total: Int, _ progress: PortRecord.Table) async throws -> [String] {
    let count = try await target.run { connection in
      Int(try connection.queryRow("SELECT count(*) FROM \(table.ownRows)")?.integer(0) ?? 0)
    }
    guard count == total - progress.leftOut else {
      return ["\(table.name): the target has \(count) rows, the source \(total - progress.leftOut)"]
    }
    let reader = SampleReader(table: table, options: options)
    let rows = try await source.run { try reader.rows($0) }
    let differences: [String] = try await target.run { connection in
      let queries = rows.map { RowQuery(table: table, row: $0.values) }
      return try RowQuery.batches(queries).flatMap { batch in
        let found = try RowQuery.rows(of: batch.map { queries[$0] }, connection)
        return zip(batch, found).compactMap { difference(table, rows[$0], $1) }
      }
    }
    guard differences.count > Self.mostNamed else { return differences }
    let more = differences.count - Self.mostNamed
    return differences.prefix(Self.mostNamed) + [
      "\(table.name): \(more) more of \(rows.count) compared rows differ"
    ]
  }

  /// What differs of one row; nil where nothing does, or nothing can be said of it.
  ///
  /// - Parameter found: what its query has found.
  private func difference(_ table: PortTable, _ row: SampledRow, _ found: [Row]) -> String? {
    let name = "\(table.name): the row with \(row.key.name(table.key))"
    guard let first = found.first else { return "\(name) is not in the target, or differs" }
    func differing(_ other: Row) -> [String] {
      table.columns.enumerated().compactMap { index, column in
        ValueComparison.isEqual(row.values[index], other[index + 1], column.kind) ? nil : column.name
      }
    }
    if found.contains(where: { differing($0).isEmpty }) { return nil }
    // It may be among those that were not returned.
    guard found.count < RowQuery.mostRows else { return nil }
    return "\(name) differs in \(differing(first).joined(separator: ", "))"
  }
}
