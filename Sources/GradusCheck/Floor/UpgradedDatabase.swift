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
  ///   - body: gets a session, its schema, and the tables that have no row, with the reason.
  /// - Throws: `GradusError` where the upgrade fails; what `body` throws.
  func with<R: Sendable>(
    from base: Int, to target: Int, _ state: UpgradeState, on engine: Engine,
    _ body: (Session, Catalog, [String: String]) async throws -> R
  ) async throws -> R {
    try await builder.withScratch(of: base, on: engine) { session, database in
      var catalog = try await session.run { try CatalogReader.read($0) }
      _ = try await session.run { [catalog] in try RowFiller($0, catalog).fill(QueryProbe.oldRows) }
      for version in builder.schema.ledger.versions.keys.sorted() where version > base && version <= target {
        try await builder.migrate(database, to: version, on: session)
      }
      switch state {
      case .pending: break
      case .partial: try await builder.runFirstBatches(of: database, on: session)
      case .complete: try await builder.completeAll(of: database, on: session)
      }
      catalog = try await session.run { try CatalogReader.read($0) }
      let empty = try await session.run { [catalog] in try RowFiller($0, catalog).fill(QueryProbe.newRows) }
      return try await body(session, catalog, empty)
    }
  }
}
