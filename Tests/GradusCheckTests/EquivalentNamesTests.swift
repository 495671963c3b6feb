import Gradus
import GradusCatalog
import GradusSQL
import GradusTestSupport
import Testing

/// Names that the engines tell apart, and Swift does not.
@Suite struct EquivalentNamesTests {
  private static let names = ["caf\u{E9}", "cafe\u{301}"]

  private func refusal(
    _ engine: Engine, _ statements: [String], _ read: @escaping @Sendable (Connection) throws -> Void
  ) async throws -> String {
    try await TestDatabase.withDatabase(engine) { database in
      let error = try await database.open().run { connection -> SQLError? in
        for statement in statements { try connection.execute(statement) }
        return #expect(throws: SQLError.self) { try read(connection) }
      }
      return error?.message ?? ""
    }
  }

  /// One would be taken for the other, and what is in it be left out.
  @Test(arguments: TestDatabase.availableEngines)
  func tables(engine: Engine) async throws {
    let tables = Self.names.map { "CREATE TABLE \(SQLText.identifier($0)) (id BIGINT)" }
    let reads: [@Sendable (Connection) throws -> Void] = [
      { _ = try CatalogTables.names($0) }, { _ = try CatalogReader.read($0) },
    ]
    for read in reads {
      let message = try await refusal(engine, tables, read)
      #expect(message.contains(#"'caf\u{00E9}'"#) && message.contains(#"'cafe\u{0301}'"#), "\(message)")
    }
  }

  struct Part: CustomTestStringConvertible, Sendable {
    var kind: String
    /// What makes one, with `%` for its name.
    var sql: String
    var engines: Set<Engine> = Set(Engine.allCases)
    var testDescription: String { kind }
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      Part(kind: "indexes", sql: "CREATE INDEX % ON t (id)"),
      Part(kind: "views", sql: "CREATE VIEW % AS SELECT id FROM t"),
      Part(
        kind: "triggers of 't'", sql: "CREATE TRIGGER % AFTER INSERT ON t BEGIN SELECT 1; END",
        engines: [.sqlite]),
      Part(
        kind: "triggers of 't'",
        sql: "CREATE TRIGGER % BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION keep()",
        engines: [.postgres]),
      Part(
        kind: "functions", sql: "CREATE FUNCTION %() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1'",
        engines: [.postgres]),
      Part(kind: "enumerations", sql: "CREATE TYPE % AS ENUM ('a')", engines: [.postgres]),
      Part(kind: "materialised views", sql: "CREATE MATERIALIZED VIEW % AS SELECT 1", engines: [.postgres]),
      Part(kind: "objects", sql: "CREATE DOMAIN % AS TEXT", engines: [.postgres]),
      Part(kind: "objects", sql: "CREATE SEQUENCE %", engines: [.postgres]),
    ])
  func otherParts(engine: Engine, part: Part) async throws {
    guard part.engines.contains(engine) else { return }
    var statements = ["CREATE TABLE t (id BIGINT)"]
    if engine == .postgres {
      statements.append(
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    }
    statements += Self.names.map { part.sql.replacing("%", with: SQLText.identifier($0)) }
    let message = try await refusal(engine, statements) { _ = try CatalogReader.read($0) }
    #expect(message.contains("two \(part.kind) "), "\(message)")
    #expect(message.contains(#"caf\u{00E9}"#) && message.contains(#"cafe\u{0301}"#), "\(message)")
  }

  @Test(arguments: TestDatabase.availableEngines)
  func columns(engine: Engine) async throws {
    let columns = Self.names.map { "\(SQLText.identifier($0)) BIGINT" }.joined(separator: ", ")
    let message = try await refusal(engine, ["CREATE TABLE t (\(columns))"]) {
      _ = try CatalogReader.read($0)
    }
    #expect(message.contains("two columns of 't'"), "\(message)")
  }
}
