import Gradus
import GradusCatalog
import GradusSQL
import GradusUpdates

/// Makes a database that was an older version's, has rows in every table, and is upgraded as start-ups would.
struct UpgradedDatabase {
  let builder: SchemaBuilder

  /// Runs `body` with such a database.
  ///
  /// - Parameters:
  ///   - base: the version that made the database and wrote its first rows.
  ///   - target: the version that it is upgraded to, through all between them.
  ///   - state: how far updates are.
  ///   - engine: the engine.
  ///   - body: gets a session, its schema, and what could not be as it should.
  /// - Throws: `GradusError` where the upgrade fails on empty tables, too; what `body` throws.
  func with<R: Sendable>(
    from base: Int, to target: Int, _ state: UpgradeState, on engine: Engine,
    _ body: (Session, Catalog, Set<String>) async throws -> R
  ) async throws -> R {
    do {
      return try await attempt(base, target, state, engine, hasOldRows: true, [], body)
    } catch let failure as UpgradeFailure {
      // That a delta fails on rows is another rule's finding; what it does to queries is still to be told.
      let note = "the upgrade was tried on empty tables, as it fails on rows: \(failure.error.message)"
      return try await attempt(base, target, state, engine, hasOldRows: false, [note], body)
    }
  }

  private struct UpgradeFailure: Error {
    var error: GradusError
  }

  private func attempt<R: Sendable>(
    _ base: Int, _ target: Int, _ state: UpgradeState, _ engine: Engine, hasOldRows: Bool,
    _ notes: Set<String>,
    _ body: (Session, Catalog, Set<String>) async throws -> R
  ) async throws -> R {
    try await builder.withScratch(of: base, on: engine) { session, database in
      if hasOldRows { _ = try await Self.fill(session) }
      do {
        try await upgrade(database, base, target, state, session)
      } catch let error as GradusError where hasOldRows {
        throw UpgradeFailure(error: error)
      }
      let catalog = try await session.run { try CatalogReader.read($0) }
      let rows = hasOldRows ? QueryProbe.newRows : QueryProbe.oldRows + QueryProbe.newRows
      let empty = try await session.run { try RowFiller($0, catalog).fill(rows) }
      let missing = empty.map { "queries on '\($0.key)' were tried without rows: \($0.value)" }
      return try await body(session, catalog, notes.union(missing))
    }
  }

  /// Writes the rows that an older version has left, into every table.
  ///
  /// - Returns: the tables that have no row at all, with the reason.
  static func fill(_ session: Session) async throws -> [String: String] {
    let catalog = try await session.run { try CatalogReader.read($0) }
    return try await session.run { try RowFiller($0, catalog).fill(QueryProbe.oldRows) }
  }

  /// Upgrades a scratch database as start-ups would.
  func upgrade(
    _ database: PhysicalDatabase, _ base: Int, _ target: Int, _ state: UpgradeState, _ session: Session
  ) async throws {
    for version in builder.schema.ledger.versions.keys.sorted() where version > base && version <= target {
      try await builder.migrate(database, to: version, on: session)
    }
    switch state {
    case .pending: break
    case .partial: try await builder.runFirstBatches(of: database, on: session)
    case .complete: try await builder.completeAll(of: database, on: session)
    }
  }
}
