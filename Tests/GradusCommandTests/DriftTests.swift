import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// `drift`: what is in a database, beside what its deltas make.
@Suite struct DriftTests {
  private static let scratch = ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"] ?? ""

  /// Otherwise nobody could tell which of them differs.
  @Test(arguments: TestDatabase.availableEngines)
  func severalDatabasesAreNamed(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await TestDatabase.withDatabase(engine) { other in
        try shop.configure(stateOn: other)
        func gradus(_ arguments: String...) async throws -> ProgramResult {
          try await Program.gradus.run(
            arguments, environment: ["GRADUS_SCRATCH": Self.scratch], folder: shop.schema.root)
        }
        let migrated = try await gradus("migrate")
        #expect(migrated.code == 0, "\(migrated)")
        for database in [shop.database, other] {
          try await database.execute("CREATE TABLE stray (id BIGINT)")
        }
        let text = try await gradus("drift")
        #expect(text.code == 2, "\(text)")
        #expect(text.output.contains("master: + table stray\n"), "\(text)")
        #expect(text.output.contains("state: + table stray\n"), "\(text)")
        let document = try await gradus("drift", "--format", "json").object()
        let changes = document["changes"] as? [[String: Any]] ?? []
        let strays = changes.filter { $0["table"] as? String == "stray" }
        #expect(Set(strays.map { $0["database"] as? String }) == ["master", "state"], "\(document)")
      }
    }
  }

  /// One that has no name in a configuration is where it is.
  @Test(arguments: TestDatabase.availableEngines)
  func aDatabaseWithoutANameIsSaidWhereItIs(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      #expect(try await shop.gradus("migrate").code == 0)
      try await shop.database.execute("UPDATE schema_version SET version = 9")
      let result = try await shop.gradus("drift")
      #expect(result.code == 1 && result.messages.contains("says nothing of version 9"), "\(result)")
      #expect(result.messages.contains(shop.database.driver.databaseName + "' is at"), "\(result)")
    }
  }

  /// Of its own version a ledger need say no more than the number.
  @Test(arguments: TestDatabase.availableEngines)
  func theLedgersOwnVersionIsKnown(engine: Engine) async throws {
    let schema = try TemporarySchema([
      "schema/schema.yaml": "version: 1\ncompat_version: 1\n",
      "schema/main/1/01_items.sql": "CREATE TABLE items (id BIGINT PRIMARY KEY);",
    ])
    try await Shop.with(engine, schema) { shop in
      #expect(try await shop.gradus("migrate").code == 0)
      let result = try await shop.gradus("drift", "--scratch", Self.scratch)
      #expect(result.code == 0, "\(result)")
    }
  }
}
