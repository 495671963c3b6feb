import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// What operators have said of an update, or what it failed with, where a start needs it complete.
@Suite struct ForegroundHoldsTests {
  /// Version 2 with a queued update, which version 3 needs complete.
  private static func with(_ engine: Engine, _ body: (Shop) async throws -> Void) async throws {
    let schema = try TemporarySchema.shop()
    try schema.write("gradus.yaml", "background_updates: {max_failures: 1}\n")
    try await Shop.with(engine, schema) { shop in
      #expect(try await shop.gradus("migrate", "--to", "1").code == 0)
      try await shop.database.execute("INSERT INTO customers VALUES ('ann')")
      try await shop.database.execute("INSERT INTO orders VALUES (1, 'ann', 5)")
      #expect(try await shop.gradus("migrate", "--to", "2").code == 0)
      try await body(shop)
    }
  }

  /// A pause of all, or of this one.
  @Test(arguments: TestDatabase.availableEngines, [[], ["fill_totals"]])
  func aPauseFailsTheStart(engine: Engine, names: [String]) async throws {
    try await Self.with(engine) { shop in
      #expect(try await shop.start(["updates", "pause"] + names).result().code == 0)
      let held = try await shop.gradus("migrate")
      #expect(held.code == 1, "\(held)")
      #expect(held.messages.contains("are not: fill_totals: paused by "), "\(held)")
      #expect(try await shop.database.values("SELECT count(*) FROM totals") == [0])
      #expect(try await shop.database.values("SELECT version FROM schema_version") == [2])
      #expect(try await shop.start(["updates", "resume"] + names).result().code == 0)
      let migration = try await shop.gradus("migrate")
      #expect(migration.code == 0, "\(migration)")
      #expect(try await shop.database.values("SELECT amount FROM totals") == [5])
    }
  }

  /// To be completed is another try; a run of all that is queued is none.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsParkedIsTriedAgain(engine: Engine) async throws {
    try await Self.with(engine) { shop in
      try await shop.database.execute("ALTER TABLE orders RENAME TO hidden")
      let failed = try await shop.gradus("updates", "run", "--to", "2")
      #expect(failed.code == 2 && failed.output.contains("remains: fill_totals: parked: "), "\(failed)")
      try await shop.database.execute("ALTER TABLE hidden RENAME TO orders")
      let again = try await shop.gradus("updates", "run", "--to", "2")
      #expect(again.code == 2 && again.output.contains("remains: fill_totals: parked: "), "\(again)")
      let migration = try await shop.gradus("migrate")
      #expect(migration.code == 0, "\(migration)")
      #expect(try await shop.database.values("SELECT amount FROM totals") == [5])
    }
  }
}
