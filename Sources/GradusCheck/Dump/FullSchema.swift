package import Gradus
import GradusCatalog
package import GradusSQL

/// The full schema of a version, logical database by logical database.
package struct FullSchema: Sendable {
  /// The SQL of each database.
  package var dumps: [(database: LogicalDatabase, sql: String)]

  /// Makes it from a database that all deltas and updates have made, and makes sure that it gives the same again.
  ///
  /// - Throws: `GradusError` where the version cannot be made, or the dump would make something else.
  package init(of version: Int, on engine: Engine, _ builder: SchemaBuilder) async throws {
    let common = try await builder.withDatabase(of: version, on: engine, databases: []) { session in
      try await session.run { (try CatalogReader.read($0), try SchemaDump(of: $0).sql) }
    }
    dumps = common.1.isEmpty ? [] : [(.common, common.1)]
    for database in builder.schema.tree.databases.sorted() {
      let sql = try await builder.withDatabase(of: version, on: engine, databases: [database]) { session in
        try await session.run { try SchemaDump(of: $0, without: common.0).sql }
      }
      dumps.append((database, sql))
    }
    try await verify(version, engine, builder)
  }

  private func verify(_ version: Int, _ engine: Engine, _ builder: SchemaBuilder) async throws {
    let expected = try await builder.catalog(of: version, on: engine)
    let scripts = dumps.map(\.sql)
    let actual = try await ScratchDatabase.with(engine, on: builder.server) { scratch in
      try await Session.open(scratch.driver).transaction { connection in
        for script in scripts { try connection.executeScript(script) }
        return try CatalogReader.read(connection)
      }
    }
    var known = expected
    for name in Bookkeeping.names { known.tables[name] = nil }
    let changes = CatalogComparison.changes(from: known, to: actual).filter { change in
      // The rows of a new table satisfy every constraint.
      if case .validateConstraint = change { false } else { true }
    }
    guard changes.isEmpty else {
      throw GradusError(
        .invalidTree,
        "the dump of version \(version) on \(engine) would not make the same schema: \(changes[0])",
        hint: "write this one's full schema by hand, and report it")
    }
  }
}
