import Gradus
import GradusCatalog
import GradusCheck

/// What a scratch database of the newest version says of a source's columns.
struct SourceColumns {
  /// The types of the key and the position; none where that is not known.
  var types: [String: String] = [:]
  /// The primary key.
  var primaryKey: [String] = []

  /// - Parameters:
  ///   - source: the table and its columns.
  ///   - newTables: tables that must not be there yet.
  /// - Returns: nothing where no scratch database can be made.
  /// - Throws: `GradusError` where a table or column is missing, or one is there already; `CancellationError`.
  static func read(
    _ source: StalenessRule.Source, newTables: [String], _ context: CommandContext
  ) async throws -> SourceColumns {
    let builder = SchemaBuilder(schema: context.schema, registry: context.registry, server: nil)
    let catalog: Catalog
    do {
      catalog = try await builder.catalog(of: context.schema.ledger.version, on: .sqlite)
    } catch {
      try Task.checkCancellation()
      Terminal.message("types are a guess, as no scratch database of this schema can be made: \(error)")
      return SourceColumns()
    }
    return try read(source, newTables: newTables, in: catalog)
  }

  private static func read(
    _ source: StalenessRule.Source, newTables: [String], in catalog: Catalog
  ) throws -> SourceColumns {
    if let taken = newTables.first(where: { catalog.tables[$0] != nil }) {
      throw GradusError(.invalidTree, "there is a table '\(taken)' already", hint: "choose another --table")
    }
    guard let table = catalog.tables[source.table] else {
      throw GradusError(
        .invalidTree, "the schema has no table '\(source.table)'",
        hint: NearestName.of(source.table, among: catalog.tables.keys).map { "did you mean '\($0)'?" })
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
