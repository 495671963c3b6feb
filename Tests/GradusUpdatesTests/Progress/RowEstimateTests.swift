import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// What is left of a large table is known roughly, all along the way.
@Suite struct RowEstimateTests {
  @Test(arguments: TestDatabase.availableEngines)
  func largeTablesAreEstimated(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().run { connection in
        try connection.executeScript(
          """
          CREATE TABLE steps (id BIGINT PRIMARY KEY);
          INSERT INTO steps
          WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 300000) SELECT n FROM s;
          ANALYZE steps;
          """)
        for past in [0, 50_000] as [Int64] {
          let left = try RowEstimate.count("steps", where: "id > $1", [.integer(past)], on: connection)
          let expected = 300_000 - Int(past)
          #expect((expected * 9 / 10...expected * 11 / 10).contains(left ?? 0), "\(past): \(left ?? -1)")
        }
        // SQLite expects nothing of what it has not counted.
        let some = try RowEstimate.count("steps", where: "id > $1", [100], upTo: 1_000, on: connection)
        #expect(engine == .sqlite ? some == nil : some ?? 0 > 100_000)
        #expect(try RowEstimate.count("steps", where: "id > $1", [290_000], on: connection) == 10_000)
        #expect(try RowEstimate.count("steps", where: "id > $1", [300_000], on: connection) == 0)
      }
    }
  }
}
