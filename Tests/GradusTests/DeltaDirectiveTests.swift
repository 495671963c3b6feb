import GradusTestSupport
import Testing

@testable import Gradus

/// What a delta's comments direct.
@Suite struct DeltaDirectiveTests {
  private func script(_ text: String) throws -> DeltaScript {
    let tree = try TemporarySchema(["delta/main/2/01_a.sql": text])
    let file = SchemaFile(
      database: .main, version: 2, name: "01_a.sql", url: tree.root.appending(path: "delta/main/2/01_a.sql"))
    return try withExtendedLifetime(tree) { try DeltaScript(file, engine: .sqlite) }
  }

  @Test(arguments: [
    "-- gradus:no-transaction\nSELECT 1;", "/* Licence;\n   don't */\n\n-- gradus:no-transaction\nSELECT 1;",
    "-- why\n  --gradus:no-transaction and why\nSELECT 1;",
    "/* a *//* b */ -- gradus:no-transaction\nSELECT 1;",
    "-- gradus:ignore P03 so\n-- gradus:no-transaction\nSELECT 1;", "-- gradus:no-transaction",
  ])
  func areFoundBeforeTheFirstStatement(text: String) throws {
    #expect(try script(text).runsOutsideTransaction)
  }

  @Test(arguments: [
    "SELECT '-- gradus:no-transaction';", "SELECT '\n-- gradus:no-transaction\n';",
    "SELECT $a$\n-- gradus:no-transaction\n$a$;", "SELECT 1;\n-- gradus:ignore P03 so\nSELECT 2;",
    "-- not gradus:no-transaction\nSELECT 1;", "-- Gradus: what it does\nSELECT 1;\n/* Gradus: more */",
    "/*\n-- gradus:no-transaction\n*/\nSELECT 1;",
  ])
  func areNothingElse(text: String) throws {
    #expect(try !script(text).runsOutsideTransaction)
  }

  /// It would be passed over, and the delta run as it must not be.
  @Test(arguments: [
    ("SELECT 1;\n-- gradus:no-transaction\nSELECT 2;", 2, "comes after the first statement"),
    ("SELECT 1; -- gradus:no-transaction", 1, "comes after the first statement"),
    ("/* a */\n/* gradus:no-transaction */\nSELECT 1;", 2, "a comment of another sort"),
    ("\n-- GRADUS:no-transaction\nSELECT 1;", 2, "unknown directive 'GRADUS:no-transaction'"),
    ("-- gradus:No-Transaction\nSELECT 1;", 1, "unknown directive 'No-Transaction'"),
    ("-- gradus: no-transaction\nSELECT 1;", 1, "unknown directive ''"),
    ("SELECT 1;\n-- gradus:in-transaction\n", 2, "unknown directive 'in-transaction'"),
  ])
  func areRefusedWhereTheyDoNothing(text: String, line: Int, message: String) throws {
    let error = try #require(throws: GradusError.self) { try script(text) }
    #expect(error.message.contains(message), "\(error)")
    #expect(error.position?.line == line)
  }
}
