import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Numbers of files and folders, which both engines hold in 32 bits.
@Suite struct NumberRangeTests {
  private static let files = [
    "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
    "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
  ]

  @Test(arguments: ["delta/main/2147483647", "schema/main/20240115093000", "delta/main/-1"])
  func aFolderOfNoVersionIsRefused(folder: String) throws {
    let tree = try TemporarySchema(Self.files)
    try tree.write("\(folder)/01_x.sql", "SELECT 1;")
    let error = try #require(throws: GradusError.self) { try tree.definition() }
    #expect(error.message.contains("is no schema version"))
    #expect(error.file == folder)
  }

  /// Their order is that of their names all the same.
  @Test(arguments: TestDatabase.availableEngines)
  func filesMayBeNumberedByTime(engine: Engine) async throws {
    let tree = try TemporarySchema(Self.files)
    for (number, name) in [("20240115093000", "second"), ("20231224180000", "first")] {
      try tree.write(
        "delta/main/2/\(number)_\(name).updates.yaml",
        "updates:\n  - {name: \(name), kind: sql, sql: UPDATE a SET id = id}\n")
    }
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await DatabaseMigrator(
        schema: try tree.definition(), database: PhysicalDatabase(driver: database.driver)
      ).migrate(on: session)
      let rows = try await session.run { connection in
        try connection.query("SELECT update_name, ordering FROM background_updates ORDER BY ordering").map(
          \.values)
      }
      #expect(rows == [["first", 201], ["second", 202]])
    }
  }
}
