import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

@Suite struct UpdatesListTests {
  /// Otherwise nobody could tell which queue an update is in.
  @Test(arguments: TestDatabase.availableEngines)
  func severalDatabasesAreNamed(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await TestDatabase.withDatabase(engine) { other in
        try shop.configure(stateOn: other)
        let migrated = try await Program.gradus.run(["migrate", "--to", "2"], folder: shop.schema.root)
        #expect(migrated.code == 0, "\(migrated)")
        let list = try await Program.gradus.run(["updates", "list", "--completed"], folder: shop.schema.root)
        #expect(list.output.hasPrefix("database  ordering"), "\(list)")
        #expect(list.output.contains("\nmaster    ") && list.output.contains("  fill_totals  "), "\(list)")
      }
    }
  }

  /// So is one that has no queue to list.
  @Test(arguments: TestDatabase.availableEngines)
  func aDatabaseWithoutASchemaIsNamed(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await TestDatabase.withDatabase(engine) { other in
        try shop.configure(stateOn: other)
        let migrated = try await Program.gradus.run(["migrate"], folder: shop.schema.root)
        #expect(migrated.code == 0, "\(migrated)")
        try await other.execute("DELETE FROM schema_version")
        let list = try await Program.gradus.run(["updates", "list"], folder: shop.schema.root)
        #expect(list.code == 1, "\(list)")
        #expect(
          list.messages.contains("database 'state': the database has no schema yet"), "\(list)")
      }
    }
  }
}
