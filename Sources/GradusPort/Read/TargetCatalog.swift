import GradusCatalog
import GradusSQL

/// Reads what the plan has to know of a PostgreSQL database.
enum TargetCatalog {
  /// Its schema; instead of domains columns have the types that these are made of, which say what becomes of values.
  static func read(_ connection: Connection) throws -> Catalog {
    // Both by the same settings, as `quote_all_identifiers` would write the names of domains otherwise.
    let (found, domains) = try TextSettings.with(connection) { connection in
      (try CatalogReader.read(connection), try Self.domains(connection))
    }
    var catalog = found
    for (name, table) in catalog.tables {
      var table = table
      for index in table.columns.indices {
        table.columns[index].type = baseType(table.columns[index].type, domains)
      }
      catalog.tables[name] = table
    }
    return catalog
  }

  /// What each domain is made of.
  private static func domains(_ connection: Connection) throws -> [String: String] {
    var domains: [String: String] = [:]
    try connection.forEachRow(
      """
      SELECT format_type(y.oid, NULL), format_type(y.typbasetype, y.typtypmod) FROM pg_type y WHERE y.typtype = 'd'
      """
    ) { domains[try $0.text(0)] = try $0.text(1) }
    return domains
  }

  /// What a type is made of, through domains over domains.
  private static func baseType(_ type: String, _ domains: [String: String]) -> String {
    var type = type
    while let base = domains[type.split(separator: " collate ").first.map(String.init) ?? type] {
      type = base
    }
    return type
  }
}
