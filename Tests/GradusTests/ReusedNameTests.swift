import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// What is recorded of a gradual migration that has ended says nothing of a later one.
@Suite struct ReusedNameTests {
  private static let versions = "versions: {1: {compat: 1}, 2: {compat: 1}"

  @Test(arguments: TestDatabase.availableEngines)
  func aLaterMigrationOfTheNameIsCompletedToo(engine: Engine) async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": """
      version: 2
      compat_version: 1
      \(Self.versions)}
      gradual_migrations: [{name: totals, starts: 1, completes: 2}]
      """,
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
    ])
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      try await GuardTests.migrate(tree, to: 1, session, place)
      #expect(try await GuardTests.migrate(tree, to: 2, session, place).contains("certify"))
      try tree.write(
        "schema/schema.yaml",
        """
        version: 4
        compat_version: 3
        \(Self.versions), 3: {compat: 2}, 4: {compat: 3}}
        gradual_migrations: [{name: totals, starts: 3, completes: 4}]
        """)
      #expect(try await !GuardTests.migrate(tree, to: 3, session, place).contains("certify"))
      #expect(try await GuardTests.migrate(tree, to: 4, session, place).contains("certify"))
      #expect(try await GuardTests.values("SELECT version FROM gradus_migrations", session) == [4])
      #expect(try await GuardTests.migrate(tree, to: 4, session, place) == [])
    }
  }

  /// A later one may have a table of the same name, whose positions are others.
  @Test(arguments: TestDatabase.availableEngines)
  func positionsGoWithTheCertificate(engine: Engine) async throws {
    let tree = try GuardTests.shop()
    try await GuardTests.with(engine, tree) { session, place in
      let tables = "SELECT table_name FROM gradus_watermarks"
      try await GuardTests.migrate(tree, to: 2, session, place)
      #expect(try await GuardTests.values(tables, session) == ["totals"])
      #expect(try await GuardTests.migrate(tree, to: 3, session, place).contains("certify"))
      #expect(try await GuardTests.values(tables, session) == [])
    }
  }
}
