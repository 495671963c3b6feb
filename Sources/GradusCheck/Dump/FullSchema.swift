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
    // The version's own full schema, where there is one, may be what is to be mended.
    let maker = builder.makingByDeltas(version, on: engine)
    let common = try await maker.withDatabase(of: version, on: engine, databases: []) { session in
      try await session.run { (try CatalogReader.read($0), try SchemaDump(of: $0)) }
    }
    // A file without a statement says that nothing is left; without one it looked as if it were yet to be written.
    let isCommon = builder.schema.tree.fullSchemas.values.joined().contains { $0.database == .common }
    dumps = common.1.sql.isEmpty && !isCommon ? [] : [(.common, common.1.sql)]
    var rows = common.1.rows
    for database in builder.schema.tree.databases.sorted() {
      let dump = try await maker.withDatabase(of: version, on: engine, databases: [database]) { session in
        try await session.run { try SchemaDump(of: $0, without: common.0) }
      }
      dumps.append((database, dump.sql))
      rows += dump.rows
    }
    try await verify(version, rows, engine, maker)
  }

  private func verify(
    _ version: Int, _ rows: [String], _ engine: Engine, _ builder: SchemaBuilder
  ) async throws {
    let expected = try await builder.catalog(of: version, on: engine)
    let scripts = dumps.map(\.sql)
    let actual = try await ScratchDatabase.with(engine, on: builder.server) { scratch in
      try await Session.open(scratch.driver).transaction { connection in
        do {
          for script in scripts { try connection.executeScript(script) }
        } catch let failure as ScriptError {
          throw Self.failure(
            "the dump of version \(version) on \(engine) cannot be run", cause: failure.error)
        }
        return (try CatalogReader.read(connection), try SchemaDump(of: connection).rows)
      }
    }
    var known = expected
    for name in Bookkeeping.names { known.tables[name] = nil }
    if let change = CatalogComparison.changes(from: known, to: actual.0).first {
      throw Self.failure(
        "the dump of version \(version) on \(engine) would not make the same schema: \(change)")
    }
    let others = Set(actual.1.map(BytewiseText.init)).symmetricDifference(rows.map(BytewiseText.init))
    if let row = others.map(\.text).min() {
      throw Self.failure(
        "the dump of version \(version) on \(engine) would not make the same rows: \(SQLError.shortened(row))"
      )
    }
  }

  private static func failure(_ message: String, cause: SQLError? = nil) -> GradusError {
    GradusError(
      .invalidTree, message, hint: "write this one's full schema by hand, and report it", cause: cause)
  }
}
