import Gradus
import GradusCatalog
import GradusSQL

/// Tells which file made what SQLite's and PostgreSQL's schemas do not have alike.
struct ParityOrigins {
  private let schema: SchemaDefinition
  /// The deltas of each engine, the last one first, with what they change: found once, as differences are many.
  private let deltas: [Engine: [(trace: DeltaTrace, changes: [CatalogChange])]]

  init(schema: SchemaDefinition, traces: VersionTraces) {
    self.schema = schema
    var deltas: [Engine: [(trace: DeltaTrace, changes: [CatalogChange])]] = [:]
    for engine in Engine.allCases {
      let all = schema.upgrades.flatMap { traces.traces(of: $0.version, on: engine) }
      deltas[engine] = all.reversed().map { (trace: $0, changes: $0.changes) }
    }
    self.deltas = deltas
  }

  /// A file, and a statement of it where that is known.
  struct Origin {
    var file: String
    var position: SourcePosition?
    var statement: String?
  }

  /// The delta that made it last on the engine that has it, or else took it away on the other one; or the full schema that
  /// has the table. Nil where nothing names it.
  func origin(of difference: ParityRules.Difference) throws -> Origin? {
    let engine = difference.engine
    if let origin = delta(of: difference, on: engine) { return origin }
    let other: Engine = engine == .sqlite ? .postgres : .sqlite
    if let origin = delta(of: difference, on: other) { return origin }
    let versions = schema.tree.fullSchemas.sorted { $0.key < $1.key }
    let files = versions.first?.value.filter { $0.applies(to: engine) && $0.url != nil } ?? []
    let name = ParityRules.folded(difference.table)
    let naming = try files.first { try $0.text().lowercased().contains(name) }
    return (naming ?? files.first).map { Origin(file: $0.path, position: nil, statement: nil) }
  }

  private func delta(of difference: ParityRules.Difference, on engine: Engine) -> Origin? {
    for (trace, changes) in deltas[engine, default: []] {
      guard let change = changes.last(where: { isAbout(difference, $0) }) else { continue }
      let step = trace.step(of: change)
      return Origin(file: trace.file.path, position: step?.position, statement: step?.statement)
    }
    return nil
  }

  private func isAbout(_ difference: ParityRules.Difference, _ change: CatalogChange) -> Bool {
    guard let table = change.table, ParityRules.folded(table) == ParityRules.folded(difference.table) else {
      return false
    }
    func isPart(_ name: String) -> Bool {
      difference.part.map { ParityRules.folded($0) == ParityRules.folded(name) } ?? false
    }
    switch change {
    case .addTable, .dropTable: return true
    case .addColumn(_, let column), .dropColumn(_, let column), .changeColumn(_, _, let column):
      return isPart(column.name)
    case .addConstraint(_, let constraint), .dropConstraint(_, let constraint):
      return isPart(ParityRules.key(constraint.columns))
    case .addIndex(_, let name, let index), .dropIndex(_, let name, let index):
      return isPart(name) || isPart(ParityRules.key(index.columns))
    default: return false
    }
  }
}
