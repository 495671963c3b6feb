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

  /// By whom an update was completed, and which rows it left out.
  @Test(arguments: TestDatabase.availableEngines)
  func certificatesSayByWhomAndWhatWasLeftOut(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await shop.gradus("migrate")
      try await shop.database.execute(
        """
        INSERT INTO gradus_update_certificates
          (update_name, completed_at, completed_by, scanned, written, batches, duration_ms, skipped, verified)
        VALUES ('old', 1, 'somebody', 5, 2, 4, 1, '{"no text":3}', 'nothing')
        """)
      let list = try await shop.gradus("updates", "list", "--completed")
      #expect(list.code == 0 && list.output.contains("  somebody "), "\(list)")
      #expect(list.output.hasSuffix("\nold has left out:\n  3 × no text\n"), "\(list)")
      let document = try await shop.gradus("updates", "list", "--completed", "--format", "json").object()
      let certificates = document["completed"] as? [[String: Any]]
      let certificate = try #require(certificates?.first { $0["name"] as? String == "old" })
      #expect(certificate["batches"] as? Int == 4)
      #expect(certificate["skipped"] as? [String: Int] == ["no text": 3])
    }
  }
}
