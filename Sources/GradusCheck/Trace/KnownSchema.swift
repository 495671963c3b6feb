import Gradus
import GradusCatalog
import GradusSQL

/// The schema that admitted versions know, which is that of the version before, when a delta begins.
struct KnownSchema: Sendable {
  /// The version before.
  let catalog: Catalog
  /// The names that its tables have by now.
  private(set) var origins: TableOrigins
  private let engine: Engine

  init(_ catalog: Catalog, on engine: Engine) {
    self.catalog = catalog
    self.engine = engine
    origins = TableOrigins(catalog, on: engine)
  }

  /// A table as the version before has it, by its present name; nil where it has none, under that name or another.
  func table(_ present: String) -> CatalogTable? {
    let name = origins[present] ?? present
    if let table = catalog.tables[name] { return table }
    guard engine == .sqlite else { return nil }
    return catalog.tables.first { SQLiteName($0.key) == SQLiteName(name) }?.value
  }

  /// A view's columns, in the version before.
  func columns(ofView name: String) -> [String]? {
    (catalog.views[name] ?? catalog.materializedViews[name])?.columns
  }

  /// Notes what a delta has done.
  mutating func follow(_ trace: DeltaTrace) {
    for action in trace.steps.flatMap({ $0.analysis?.actions ?? [] }) { origins.follow(action) }
    origins.settle(catalog, in: trace.after)
  }
}
