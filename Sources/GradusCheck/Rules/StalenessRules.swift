import Gradus
import GradusCatalog
import GradusSQL

/// Finds staleness rules of the ledger that no start could read.
struct StalenessRules {
  let builder: SchemaBuilder

  /// Reads the rules of each version that has begun a gradual migration and does not complete it yet, as its start would.
  ///
  /// - Throws: `GradusError` where a version cannot be made; `SQLError`.
  func findings(on engine: Engine) async throws -> [Finding] {
    guard let rule = Rule.find("D13") else { return [] }
    var findings: [Finding] = []
    let schema = builder.schema
    for version in Set(schema.buildableVersions).union([schema.ledger.version]).sorted() {
      let migrations = open(at: version)
      guard !migrations.isEmpty else { continue }
      let planner = Planner(
        ledger: try schema.ledger.acting(as: version), tree: schema.tree, engine: engine)
      let (state, catalog) = try await builder.withDatabase(of: version, on: engine) { session in
        try await session.run { (try planner.reader.read($0), try CatalogReader.read($0)) }
      }
      for migration in migrations {
        for item in migration.staleness {
          guard let reason = state.unreadableRules[item.table] ?? fraction(in: item, catalog, engine)
          else { continue }
          let name = "the staleness rule of '\(item.table)' ('\(migration.name)' in the ledger)"
          findings.append(Finding(rule, "\(name) cannot be read: \(reason)", engines: [engine]))
        }
      }
    }
    return Finding.merged(findings)
  }

  /// The gradual migrations with rules that a start of a version would read.
  private func open(at version: Int) -> [GradualMigration] {
    builder.schema.ledger.gradualMigrations.filter { migration in
      migration.starts <= version && migration.completes.map { $0 > version } ?? true
        && !migration.staleness.isEmpty
    }
  }

  /// What is wrong with the types of a rule's positions. In a database without rows no position tells.
  private func fraction(in rule: StalenessRule, _ catalog: Catalog, _ engine: Engine) -> String? {
    let positions = [(rule.table, rule.position), (rule.source.table, rule.source.position)]
    for (table, column) in positions {
      guard let type = catalog.tables[table]?.column(column)?.type.lowercased(),
        !Self.mayBeWhole(type, engine)
      else { continue }
      return "positions must be whole numbers, and '\(table).\(column)' is of type \(type)"
    }
    return nil
  }

  /// Whether a column may hold whole numbers that are ordered as such. What nobody knows, such as a domain, may.
  private static func mayBeWhole(_ type: String, _ engine: Engine) -> Bool {
    // SQLite's own rule: such a column is of integers, whatever else is in the name.
    if engine == .sqlite, type.contains("int") { return true }
    let others = [
      "char", "clob", "text", "blob", "bytea", "real", "floa", "doub", "date", "time", "interval", "uuid",
    ]
    return !others.contains { type.contains($0) }
  }
}
