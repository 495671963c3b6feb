import GradusSQL
import Testing

@testable import GradusPort

/// How rows of the target are looked for.
@Suite struct RowQueryTests {
  private func queries(_ keys: [SQLValue], unique: [String] = ["id"]) -> [RowQuery] {
    let table = PortTable(
      sourceName: "t", name: "t",
      columns: [
        PortColumn(sourceName: "id", name: "id", type: "bigint"),
        PortColumn(sourceName: "v", name: "v", type: "text"),
      ], key: .rowID("rowid"), uniqueColumns: unique)
    return keys.map { RowQuery(table: table, row: [$0, .text("x")]) }
  }

  /// Each round trip would take its time; without a key each may return many rows.
  @Test func rowsWithAKeyAreLookedForTogether() {
    let keys = (0..<120).map { SQLValue.integer(Int64($0)) }
    #expect(RowQuery.batches(queries(keys)).map(\.count) == [50, 50, 20])
    #expect(RowQuery.batches(queries(keys)).flatMap(\.self) == Array(0..<120))
    #expect(RowQuery.batches(queries(keys, unique: [])).map(\.count) == keys.map { _ in 1 })
    // A key may allow NULL, which finds nothing.
    #expect(
      RowQuery.batches(queries([.integer(1), .null, .integer(2), .integer(3)])) == [[0], [1], [2, 3]])
  }
}
