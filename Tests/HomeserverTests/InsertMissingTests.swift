import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// Rows that are written as new, and of which one is there.
@Suite struct InsertMissingTests {
  /// Of each batch of a long transaction a savepoint would be left within that of the one before.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsThereStaysAndNoSavepointIsLeft(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try connection.execute("CREATE TABLE things (id BIGINT PRIMARY KEY)")
        try connection.execute("INSERT INTO things VALUES (2)")
      }
      let error = await #expect(throws: SQLError.self) {
        try await session.transaction { connection in
          let written = try connection.insertMissing(
            "INSERT INTO things SELECT id FROM (SELECT 1 AS id UNION ALL SELECT 2) AS k WHERE id < $1", [3])
          #expect(written == 1)
          let ids = try connection.query("SELECT id FROM things ORDER BY id").map { $0[0] }
          #expect(ids == [1, 2])
          try connection.execute("RELEASE SAVEPOINT rows_are_new")
        }
      }
      #expect(error?.message.contains("rows_are_new") == true, "\(String(describing: error))")
    }
  }
}
