import Gradus

/// What an update works on, as far as its declaration or the ledger says.
struct UpdateFootprint {
  /// The tables that it reads or writes.
  private(set) var tables: Set<String> = []
  /// All words of its SQL and its keys, among them the columns that it uses.
  private(set) var words: Set<String> = []
  /// The columns that it writes, by table.
  private(set) var written: [String: Set<String>] = [:]
  /// The tables into which it puts rows, or whose rows it works off.
  private(set) var filled: Set<String> = []
  /// The tables that it writes by SQL that counts, sums up or lists rows.
  private(set) var aggregated: Set<String> = []
  /// The index that it builds.
  private(set) var index: String?

  /// - Parameters:
  ///   - item: what a delta queues.
  ///   - ledger: says of updates in Swift which tables they fill.
  init(_ item: QueuedByDelta, ledger: Ledger) {
    self.init(item.declaration?.kind)
    for rule in ledger.gradualMigrations.flatMap(\.staleness) where rule.requeue.update == item.name {
      tables.formUnion([rule.table, rule.source.table, rule.requeue.into].compactMap { $0?.lowercased() })
      words.formUnion((rule.key + [rule.position]).map { $0.lowercased() })
      filled.formUnion([rule.table, rule.requeue.into].compactMap { $0?.lowercased() })
    }
  }

  /// - Parameter kind: what a declaration says; nil for nothing.
  init(_ kind: UpdateDeclaration.Kind?) {
    switch kind {
    case .backfill(let backfill): add(backfill.table, backfill.key, backfill.sql, backfill.condition)
    case .drain(let drain):
      add(drain.table, drain.key, drain.sql)
      filled.insert(drain.table.lowercased())
    case .syncColumn(let sync):
      add(sync.table, sync.key + sync.from + [sync.to], sync.using)
      if let reverse = sync.reverse { add(reverse) }
      written[sync.table.lowercased(), default: []].insert(sync.to.lowercased())
    case .index(let index):
      add(index.table, index.columns, condition: index.condition)
      self.index = index.name.lowercased()
    case .validateConstraint(let constraint):
      add(constraint.table, constraint.key, condition: constraint.check)
    case .constraint(let constraint): add(constraint.table, constraint.key)
    case .sql(let sql): add(sql)
    case .handler, .dropSync, nil: break
    }
  }

  private mutating func add(
    _ table: String, _ columns: [String], _ sql: UpdateDeclaration.EngineSQL? = nil,
    _ condition: String? = nil
  ) {
    add(table, columns, condition: condition)
    if let sql { add(sql) }
  }

  private mutating func add(_ table: String, _ columns: [String], condition: String?) {
    tables.insert(table.lowercased())
    for text in columns + [condition ?? ""] { words.formUnion(SQLWords(text).all) }
  }

  private mutating func add(_ sql: UpdateDeclaration.EngineSQL) {
    for text in sql.byEngine.values {
      let found = SQLWords(text)
      words.formUnion(found.all)
      var targets: Set<String> = []
      for index in 0..<found.count {
        if ["from", "join", "into", "update"].contains(found[index]) {
          tables.insert(found.name(at: index + 1).name)
        }
        if found.has("update", at: index), found[index + 1] != "set",
          let table = noteUpdate(found, index + 1)
        {
          targets.insert(table)
        }
        if found.has("insert", at: index), let table = noteInsert(found, index + 1) {
          targets.insert(table)
          filled.insert(table)
        }
        if found.has("merge", "into", at: index) {
          let table = found.name(at: found.skip(["only"], from: index + 2)).name
          targets.insert(table)
          filled.insert(table)
        }
      }
      if (0..<found.count).contains(where: { Self.aggregates(found, at: $0) }) {
        aggregated.formUnion(targets)
      }
    }
  }

  /// Whether an aggregate function is called at a place whose value depends on every row; not on the greatest alone.
  private static func aggregates(_ found: SQLWords, at index: Int) -> Bool {
    aggregateNames.contains { found.has($0, "(", at: index) }
      // A table may be called so.
      && !["into", "update", "."].contains(found[index - 1])
  }

  private static let aggregateNames = [
    "count", "sum", "total", "avg", "array_agg", "string_agg", "group_concat", "json_agg", "jsonb_agg",
    "json_group_array", "jsonb_group_array", "json_object_agg", "jsonb_object_agg", "json_group_object",
    "jsonb_group_object",
  ]

  /// The table that an INSERT writes; nil where it is none.
  private mutating func noteInsert(_ found: SQLWords, _ index: Int) -> String? {
    var index = index
    if found.has("or", at: index) { index += 2 }
    guard found.has("into", at: index) else { return nil }
    let (table, end) = found.name(at: index + 1)
    written[table, default: []].formUnion(found.bracket(at: found.skip(["as", found[end + 1]], from: end)))
    return table
  }

  /// The table that an UPDATE writes; nil where it is none.
  private mutating func noteUpdate(_ found: SQLWords, _ index: Int) -> String? {
    let (table, end) = found.name(at: found.skip(["only"], from: index))
    // FOR UPDATE may end a statement, and PostgreSQL lets a column be called so: then nothing follows.
    let next = end..<max(end, found.count)
    guard let set = next.prefix(3).first(where: { found.has("set", at: $0) }) else { return nil }
    written[table, default: []].formUnion(found.assigned(at: set))
    return table
  }
}
