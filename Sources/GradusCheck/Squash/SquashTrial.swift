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
    let expected = try await before.contents(of: newest, on: engine)
    let fresh = try await after.contents(of: newest, on: engine)
    try compare(expected, fresh, "a new database", engine)
    let upgraded = try await before.withScratch(of: version, on: engine) { session, database in
      try await after.migrate(database, to: newest, on: session)
      try await after.completeAll(of: database, on: session)
      return try await DatabaseContents(of: session)
    }
    try compare(expected, upgraded, "a database at version \(version)", engine)
  }

  private func compare(
    _ expected: DatabaseContents, _ found: DatabaseContents, _ what: String, _ engine: Engine
  ) throws {
    if let change = expected.changes(to: found).first {
      throw failure("\(what) would be another on \(engine): \(change)")
    }
    if let row = expected.otherRow(in: found) {
      throw failure("\(what) would have other rows on \(engine): \(SQLError.shortened(row.text))")
    }
  }

  private func failure(_ message: String) -> GradusError {
    GradusError(
      .invalidTree, message, hint: "nothing was changed; write the full schema of version \(version) by hand")
  }
}
