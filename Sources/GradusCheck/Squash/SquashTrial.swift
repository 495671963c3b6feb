import Gradus
import GradusCatalog
package import GradusSQL

/// Tries a squashed schema: new databases, and those that are at the squashed version, must come to what they came to
/// before.
package struct SquashTrial: Sendable {
  private let before: SchemaBuilder
  private let after: SchemaBuilder
  private let version: Int

  /// - Parameters:
  ///   - before: makes databases as they were made so far.
  ///   - after: makes them from the squashed schema.
  ///   - version: the version that was squashed to.
  package init(_ before: SchemaBuilder, _ after: SchemaBuilder, version: Int) {
    self.before = before
    self.after = after
    self.version = version
  }

  /// - Throws: `GradusError` where one differs.
  package func run(on engine: Engine) async throws {
    let newest = before.schema.ledger.version
    let expected = try await before.withDatabase(of: newest, on: engine, contents)
    let fresh = try await after.withDatabase(of: newest, on: engine, contents)
    try compare(expected, fresh, "a new database", engine)
    let upgraded = try await before.withScratch(of: version, on: engine) { session, database in
      try await after.migrate(database, to: newest, on: session)
      try await after.completeAll(of: database, on: session)
      return try await contents(session)
    }
    try compare(expected, upgraded, "a database at version \(version)", engine)
  }

  /// What a database has: its schema, the rows that come with it, and where sequences are.
  private func contents(_ session: Session) async throws -> (Catalog, rows: [String]) {
    try await session.run { connection in
      let catalog = try CatalogReader.read(connection)
      let tables = Set(catalog.tables.keys).subtracting(Bookkeeping.names).sorted()
      let rows = try SeedRows(connection: connection).statements(of: tables)
      let sequences = try SequenceStates(connection: connection).statements(
        of: tables, and: catalog.sequences)
      return (catalog, (rows + sequences).sorted())
    }
  }

  private func compare(
    _ expected: (Catalog, rows: [String]), _ found: (Catalog, rows: [String]), _ what: String,
    _ engine: Engine
  ) throws {
    let changes = CatalogComparison.changes(from: expected.0, to: found.0).filter(Checker.isOfNote)
    if let change = changes.first { throw failure("\(what) would be another on \(engine): \(change)") }
    let rows = Set(expected.rows).symmetricDifference(found.rows)
    if let row = rows.min() {
      throw failure("\(what) would have other rows on \(engine): \(SQLError.shortened(row))")
    }
  }

  private func failure(_ message: String) -> GradusError {
    GradusError(
      .invalidTree, message, hint: "nothing was changed; write the full schema of version \(version) by hand")
  }
}
