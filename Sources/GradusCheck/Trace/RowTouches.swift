import Gradus
import GradusCatalog
import GradusLint
import GradusSQL

/// The statements of a version's deltas by which tables of the version before may lose rows or values. Tables have the names
/// that the version before gives them. Pure.
struct RowTouches {
  /// A statement.
  struct Place {
    let trace: DeltaTrace
    let step: DeltaTrace.Step
  }

  /// The last statements that drop a table, or take all its rows.
  private(set) var emptied: [String: Place] = [:]
  /// The tables of which rows are deleted, which says that they are to go; in lower case. With them those whose rows go
  /// along by a foreign key.
  private(set) var deleted: Set<String> = []
  /// The columns that an UPDATE gives other values, which says that they are to have them.
  private(set) var assigned: Set<String> = []
  /// The columns that a copy computes from what they were, by the present names of the tables that it fills.
  private var converted: [String: Set<String>] = [:]
  /// The columns that are dropped or get another name, by table.
  private var dropped: [String: [String: Place]] = [:]
  /// The columns that get another type, by table.
  private var retyped: [String: [String: Place]] = [:]
  /// The foreign keys, by table.
  private var references: [String: [(columns: [String], parent: String)]] = [:]
  private let engine: Engine

  /// - Parameters:
  ///   - traces: the deltas.
  ///   - known: the schema of the version before.
  ///   - engine: the engine.
  init(_ traces: [DeltaTrace], _ known: Catalog, on engine: Engine) {
    self.engine = engine
    for trace in traces {
      for statement in TracedStatement.all(of: trace) { note(statement, of: trace) }
    }
    followDeletions(in: [known] + (traces.last.map { [$0.after] } ?? []))
    // What refers to a table goes with its rows on SQLite only: PostgreSQL's DROP TABLE ... CASCADE drops the key.
    guard engine == .sqlite else { return }
    for (name, table) in known.tables {
      for constraint in table.constraints {
        guard let parent = constraint.parent(among: known.tables.keys) else { continue }
        references[engine.folded(name), default: []].append(
          (constraint.columns.map(engine.folded), engine.folded(parent)))
      }
    }
  }

  /// The statement by which a table may lose rows: it, or one that it refers to, perhaps through others, is emptied.
  func place(ofRows table: String) -> Place? {
    var tables = [table]
    var index = 0
    while index < tables.count {
      if let place = emptied[tables[index]] { return place }
      for (_, parent) in references[tables[index]] ?? [] where !tables.contains(parent) {
        tables.append(parent)
      }
      index += 1
    }
    return nil
  }

  /// The statement by which a column may lose values.
  func place(ofValues column: String, of table: String) -> Place? {
    if let place = emptied[table] ?? dropped[table]?[column] { return place }
    return (references[table] ?? []).filter { $0.columns.contains(column) }.compactMap { emptied[$0.parent] }
      .first
  }

  /// The statement by which a column's type changes.
  func place(ofType column: String, of table: String) -> Place? { retyped[table]?[column] }

  /// Whether the rows of a table, by its present name, were copied with other values of a column on purpose.
  func isConverted(_ column: String, of table: String) -> Bool { converted[table]?.contains(column) ?? false }

  private mutating func note(_ statement: TracedStatement, of trace: DeltaTrace) {
    let place = Place(trace: trace, step: statement.step)
    let actions = statement.analysis.actions
    for action in actions {
      switch action {
      case .dropTable(let name):
        if let table = statement.origins[name] { emptied[table] = place }
        converted[engine.folded(name)] = nil
      case .renameTable(let old, let new):
        converted[engine.folded(new)] = converted.removeValue(forKey: engine.folded(old))
      case .alter(let name, .dropColumn(let column)):
        // Where the same statement adds it again no change of the schema shows that.
        if let table = statement.origins[name] { dropped[table, default: [:]][engine.folded(column)] = place }
      case .alter(let name, .changeType(let column)):
        if let table = statement.origins[name] { retyped[table, default: [:]][engine.folded(column)] = place }
      default: break
      }
    }
    if actions.contains(.truncate) {
      // Also those that CASCADE adds.
      for table in statement.step.rewritten.rows.compactMap({ statement.origins[$0] }) {
        emptied[table] = place
      }
    }
    for case .dropColumn(let name, let column) in statement.step.changes {
      guard let table = statement.origins[name] else { continue }
      dropped[table, default: [:]][engine.folded(column.name)] = place
    }
    let words = SQLWords(statement.analysis.text)
    if let copy = TableCopy(words) {
      let columns = statement.table(copy.table)?.columns.filter { !$0.isComputed }.map(\.name) ?? []
      let found = copy.conversions(among: columns.map(engine.folded))
      converted[engine.folded(copy.table), default: []].formUnion(found)
    }
    noteModifications(statement, words)
  }

  private mutating func followDeletions(in catalogs: [Catalog]) {
    let keys = catalogs.flatMap { catalog in
      catalog.tables.flatMap { name, table in
        table.constraints.filter { $0.definition.lowercased().contains("on delete cascade") }.compactMap {
          $0.parent(among: catalog.tables.keys).map { (child: name.lowercased(), parent: $0.lowercased()) }
        }
      }
    }
    var count = -1
    while count != deleted.count {
      count = deleted.count
      for key in keys where deleted.contains(key.parent) { deleted.insert(key.child) }
    }
  }

  private mutating func noteModifications(_ statement: TracedStatement, _ words: SQLWords) {
    for index in 0..<words.count {
      assigned.formUnion(words.assigned(at: index))
      if words.has("delete", "from", at: index) {
        let name = words.name(at: words.skip(["only"], from: index + 2)).name
        // Of words it is not known any more which were in quotes.
        let tables = statement.origins.present.filter { $0.lowercased() == name }
        deleted.formUnion([name] + tables.compactMap { statement.origins[$0]?.lowercased() })
      }
    }
  }
}
