import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@Suite struct TableStatisticsTests {
  /// A table that nobody has looked at is not one without rows.
  @Test(arguments: TestDatabase.availableEngines)
  func nothingIsKnownOfANewTable(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().run { connection in
        try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        #expect(try TableStatistics.estimatedRows(of: "t", on: connection) == nil)
        #expect(try TableStatistics.estimatedRows(of: "missing", on: connection) == nil)
        try connection.execute("INSERT INTO t VALUES (1), (2), (3)")
        try connection.execute("ANALYZE t")
        #expect(try TableStatistics.estimatedRows(of: "t", on: connection) == 3)
        try connection.execute("DELETE FROM t")
        if engine == .postgres {
          try connection.execute("VACUUM ANALYZE t")
          #expect(try TableStatistics.estimatedRows(of: "t", on: connection) == 0)
        }
      }
    }
  }

  /// An application may give out its row ids at random. Added up over tables and statements they would be no number.
  @Test func idsAreNoRowsThatTheFileHasNoRoomFor() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      try await database.open().run { connection in
        try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        try connection.execute("INSERT INTO t VALUES (9223372036854775807)")
        let rows = try #require(try TableStatistics.estimatedRows(of: "t", on: connection))
        #expect((1...100_000).contains(rows))
      }
    }
  }
}
