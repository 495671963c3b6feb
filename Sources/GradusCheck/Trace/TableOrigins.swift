import Gradus
import GradusCatalog
import GradusLint
import GradusSQL

/// The tables of the version before under their present names, as statements rename and drop them: they have rows and
/// users. On SQLite names are in lower case.
struct TableOrigins: Sendable, Hashable {
  /// The names that the version before gives them, by the present ones.
  private var names: [String: String]
  private let engine: Engine

  init(_ catalog: Catalog, on engine: Engine) {
    self.engine = engine
    names = [:]
    for table in catalog.tables.keys where !Bookkeeping.namesWithQueue.contains(table) {
      names[engine.folded(table)] = engine.folded(table)
    }
  }

  /// The name that the version before gives a table; nil for a table that it does not have.
  subscript(_ present: String) -> String? { names[engine.folded(present)] }

  /// Their present names.
  var present: Set<String> { Set(names.keys) }

  /// Notes what a statement does.
  mutating func follow(_ action: StatementAction) {
    switch action {
    case .dropTable(let name): names[engine.folded(name)] = nil
    case .renameTable(let old, let new):
      if let origin = names.removeValue(forKey: engine.folded(old)) { names[engine.folded(new)] = origin }
    default: break
    }
  }

  /// Between deltas: a table that was made anew, and has the old one's name, is that table again.
  ///
  /// - Parameters:
  ///   - known: the tables of the version before.
  ///   - catalog: what is there now.
  mutating func settle(_ known: Catalog, in catalog: Catalog) {
    let all = TableOrigins(known, on: engine).present
    let taken = Set(names.values)
    for name in Set(catalog.tables.keys.map(engine.folded)).intersection(all).subtracting(taken)
    where names[name] == nil {
      names[name] = name
    }
  }
}
