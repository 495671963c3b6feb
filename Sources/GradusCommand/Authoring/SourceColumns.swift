import Gradus
import GradusCatalog
import GradusCheck

/// The types of a source's columns, from a scratch database of the newest version.
enum SourceColumns {
  /// - Parameters:
  ///   - source: the table and its columns.
  ///   - newTables: tables that must not be there yet.
  /// - Returns: the types by column; none where no scratch database can be made.
  /// - Throws: `GradusError` where a table or column is missing, or one is there already.
  static func types(of source: StalenessRule.Source, newTables: [String], _ context: CommandContext)
    async throws
    -> [String: String]
  {
    let builder = SchemaBuilder(schema: context.schema, registry: context.registry, server: nil)
    let catalog: Catalog
    do {
      catalog = try await builder.catalog(of: context.schema.ledger.version, on: .sqlite)
    } catch {
      Terminal.message(
        "the types are a guess, as no scratch database of this schema can be made on SQLite: \(error)")
      return [:]
    }
    return try types(of: source, newTables: newTables, in: catalog)
  }

  static func types(of source: StalenessRule.Source, newTables: [String], in catalog: Catalog) throws
    -> [String:
    String]
  {
    if let taken = newTables.first(where: { catalog.tables[$0] != nil }) {
      throw GradusError(.invalidTree, "there is a table '\(taken)' already", hint: "choose another --table")
    }
    guard let table = catalog.tables[source.table] else {
      throw GradusError(
        .invalidTree, "the schema has no table '\(source.table)'",
        hint: NearestName.of(source.table, among: catalog.tables.keys).map { "did you mean '\($0)'?" })
    }
    var types: [String: String] = [:]
    for name in source.key + [source.position] {
      guard let column = table.column(name) else {
        let known = table.columns.map(\.name)
        throw GradusError(
          .invalidTree, "'\(source.table)' has no column '\(name)'",
          hint: NearestName.of(name, among: known).map { "did you mean '\($0)'?" }
            ?? "it has \(known.joined(separator: ", "))")
      }
      types[name] = type(column.type)
    }
    return types
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
