import Gradus
import GradusCatalog
import GradusCheck
import GradusSQL

/// What a scratch database of the newest version says of a source's columns.
struct SourceColumns {
  /// The types of the key and the position; none where that is not known.
  var types: [String: String] = [:]
  /// The primary key.
  var primaryKey: [String] = []
  /// The one engine that has the table; nil where both may have it, or nothing is known.
  var engine: Engine?

  /// - Parameters:
  ///   - source: the table and its columns.
  ///   - newTables: tables that must not be there yet.
  ///   - server: where the table is looked for, too: SQLite has none of an application on PostgreSQL alone.
  /// - Returns: nothing where no scratch database can be made.
  /// - Throws: `GradusError` where a table or column is missing, or one is there already; `CancellationError`.
  static func read(
    _ source: StalenessRule.Source, newTables: [String], _ context: CommandContext,
    _ server: ScratchServer? = nil
  ) async throws -> SourceColumns {
    let builder = SchemaBuilder(schema: context.schema, registry: context.registry, server: server)
    var catalog = Catalog()
    var failure: (any Error)?
    for engine in ScratchOptions.engines(nil, server) {
      do {
        catalog = try await builder.catalog(of: context.schema.ledger.version, on: engine)
        failure = nil
      } catch {
        try Task.checkCancellation()
        failure = error
        continue
      }
      guard let table = catalog.tables[source.table] else { continue }
      var columns = try read(source, table, newTables: newTables, in: catalog)
      columns.engine = engine == .postgres || context.schema.tree.isForSQLiteAlone ? engine : nil
      return columns
    }
    if let failure {
      Terminal.message(
        "types are a guess, as no scratch database of this schema can be made: \(failure)")
      return SourceColumns()
    }
    let near = NearestName.of(source.table, among: catalog.tables.keys).map { "did you mean '\($0)'?" }
    throw GradusError(
      .invalidTree, "the schema has no table '\(source.table)'",
      hint: near ?? (server == nil ? "where PostgreSQL alone has it, give --scratch" : nil))
  }

  private static func read(
    _ source: StalenessRule.Source, _ table: CatalogTable, newTables: [String], in catalog: Catalog
  ) throws -> SourceColumns {
    if let taken = newTables.first(where: { catalog.tables[$0] != nil }) {
      throw GradusError(.invalidTree, "there is a table '\(taken)' already", hint: "choose another --table")
    }
    var columns = SourceColumns(primaryKey: table.primaryKey)
    for name in source.key + [source.position] {
      guard let column = table.column(name) else {
        let known = table.columns.map(\.name)
        throw GradusError(
          .invalidTree, "'\(source.table)' has no column '\(name)'",
          hint: NearestName.of(name, among: known).map { "did you mean '\($0)'?" }
            ?? "it has \(known.joined(separator: ", "))")
      }
      columns.types[name] = type(column.type)
    }
    return columns
  }

  /// One that both engines have, and in which every value fits.
  private static func type(_ declared: String) -> String {
    let type = declared.uppercased()
    if type.contains("INT") { return "BIGINT" }
    if ["CHAR", "CLOB", "TEXT"].contains(where: type.contains) { return "TEXT" }
    if ["REAL", "FLOA", "DOUB"].contains(where: type.contains) { return "DOUBLE PRECISION" }
    return type.isEmpty ? "TEXT" : declared
  }
}

extension SchemaTree {
  /// Whether none of its SQL is for PostgreSQL. A squash, which makes full schemas for both engines, leaves an empty one,
  /// and in `common` what Gradus itself has there.
  fileprivate var isForSQLiteAlone: Bool {
    [deltas, fullSchemas].allSatisfy { files in
      files.values.joined().allSatisfy { file in
        guard case .sql(let only) = file.kind, only != .sqlite, file.database != .common else { return true }
        return (try? file.text())?.allSatisfy(\.isWhitespace) ?? false
      }
    }
  }
}
