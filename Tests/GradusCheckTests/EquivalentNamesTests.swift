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

  @Test(arguments: TestDatabase.availableEngines)
  func columns(engine: Engine) async throws {
    let columns = Self.names.map { "\(SQLText.identifier($0)) BIGINT" }.joined(separator: ", ")
    let message = try await refusal(engine, ["CREATE TABLE t (\(columns))"]) {
      _ = try CatalogReader.read($0)
    }
    #expect(message.contains("two columns of 't'"), "\(message)")
  }
}
