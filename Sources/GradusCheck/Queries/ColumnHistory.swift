package import Gradus
import GradusCatalog
package import GradusSQL

/// Who reads and writes a column, and when it may go.
package struct ColumnHistory: Sendable {
  /// The table.
  package var table: String
  /// The column.
  package var column: String
  /// The queries that use it, by version.
  package var uses: [Use]
  /// Constraints, indexes, views, triggers and synchronised columns of the newest version that name it.
  package var dependents: [String]
  /// The admitted versions that have committed no queries.
  package var unknown: [Int]
  /// The admitted versions with queries for an engine that was not asked.
  package var unasked: [Int]
  /// When it may be dropped.
  package var verdict: Verdict

  /// A query that uses the column.
  package struct Use: Sendable, Hashable {
    /// The version whose query it is.
    package var version: Int
    /// The query.
    package var query: ApplicationQuery
    /// Whether it reads it, writes it, or both.
    package var kinds: Set<StatementDescription.ColumnUse.Kind>
  }

  /// When a column may be dropped.
  package enum Verdict: Sendable, Hashable {
    /// The newest version uses it.
    case inUse(version: Int)
    /// In this version of the ledger, whose compat version shuts out the last that uses it.
    case from(version: Int)
    /// In a version to come, whose compat version is at least this.
    case whenCompat(atLeast: Int)
    /// No committed query uses it.
    case unused
    /// It depends on these versions, not all of whose queries are known.
    case unknown(versions: [Int])
  }
}

extension ColumnHistory.Verdict {
  /// What the versions that use a column say, unless it would be something else if one of which that is not known used it,
  /// too. Pure.
  ///
  /// - Parameters:
  ///   - users: the versions whose queries use the column.
  ///   - unknown: the admitted versions not all of whose queries are known.
  ///   - ledger: the versions that there are.
  init(users: Set<Int>, unknown: [Int], ledger: Ledger) {
    let verdict = Self(users: users, ledger: ledger)
    let doubtful = unknown.filter { Self(users: users.union([$0]), ledger: ledger) != verdict }
    self = doubtful.isEmpty ? verdict : .unknown(versions: doubtful)
  }

  private init(users: Set<Int>, ledger: Ledger) {
    guard let last = users.max() else {
      self = .unused
      return
    }
    if last >= ledger.version {
      self = .inUse(version: last)
    } else if let version = ledger.versions.filter({ $0.value.compatVersion > last }).keys.min() {
      self = .from(version: version)
    } else {
      self = .whenCompat(atLeast: last + 1)
    }
  }
}

extension SchemaBuilder {
  /// Finds who uses a column.
  ///
  /// - Parameters:
  ///   - table: the table.
  ///   - column: the column.
  ///   - manifest: the queries of all versions.
  ///   - engines: the engines to ask.
  /// - Throws: `GradusError` where no version has the column, or a query does not work on its own schema.
  package func history(
    ofColumn column: String, in table: String, _ manifest: QueryManifest, on engines: [Engine]
  ) async throws -> ColumnHistory {
    var uses: [ColumnHistory.Use] = []
    var names: Set<String> = []
    var columns: Set<String> = []
    var dependents: [String] = []
    let versions = schema.buildableVersions.filter { $0 <= schema.ledger.version }
    for engine in engines {
      for version in versions {
        let queries = (manifest.versions[version] ?? []).filter { $0.engines.contains(engine) }
        let (catalog, found) = try await withDatabase(of: version, on: engine) { session in
          try await session.transaction { connection in
            let catalog = try CatalogReader.read(connection)
            let found = try queries.map { try $0.uses(on: connection, catalog, version: version) }
            return (catalog, found)
          }
        }
        names.formUnion(catalog.tables.keys)
        columns.formUnion(catalog.tables[table]?.columns.map(\.name) ?? [])
        if version == versions.last {
          dependents += catalog.dependents(of: column, in: table).filter { !dependents.contains($0) }
        }
        for (query, used) in zip(queries, found) {
          let kinds = used.filter { $0.table == table && $0.column == column }.map(\.kind)
          let isKnown = uses.contains { $0.version == version && $0.query == query }
          if !kinds.isEmpty, !isKnown {
            uses.append(.init(version: version, query: query, kinds: Set(kinds)))
          }
        }
      }
    }
    guard columns.contains(column) else {
      throw GradusError(
        .invalidTree, "no version has a column '\(column)' in a table '\(table)'",
        hint: names.contains(table)
          ? "'\(table)' has \(columns.sorted().joined(separator: ", "))"
          : NearestName.of(table, among: names).map { "did you mean the table '\($0)'?" })
    }
    // Those to come have no queries yet.
    let admitted = schema.ledger.versions.keys.sorted().filter {
      $0 >= schema.ledger.compatVersion && $0 <= schema.ledger.version
    }
    let unknown = admitted.filter { manifest.versions[$0] == nil }
    let unasked = admitted.filter { version in
      (manifest.versions[version] ?? []).contains { $0.engines.isDisjoint(with: engines) }
    }
    return ColumnHistory(
      table: table, column: column,
      uses: uses.sorted { ($0.version, $0.query.name) < ($1.version, $1.query.name) },
      dependents: dependents + schema.tree.synchronised(with: column, in: table, on: engines),
      unknown: unknown, unasked: unasked,
      verdict: .init(
        users: Set(uses.map(\.version)), unknown: (unknown + unasked).sorted(), ledger: schema.ledger))
  }
}

extension SchemaTree {
  /// The synchronised columns that have to do with a column, and whose triggers no declaration removes.
  fileprivate func synchronised(
    with column: String, in table: String, on engines: [Engine]
  ) -> [String] {
    declarations.values.filter { declaration in
      guard declaration.syncColumn != nil else { return false }
      let ended = declarations.values.filter { $0.kind == .dropSync(declaration.name) }.flatMap(\.engines)
      let footprint = UpdateFootprint(declaration.kind)
      return !declaration.engines.intersection(engines).subtracting(ended).isEmpty
        && footprint.tables.contains(table.lowercased()) && footprint.words.contains(column.lowercased())
    }.map { "sync_column \($0.name)" }.sorted()
  }
}

extension ApplicationQuery {
  /// The columns that it uses on its own version's schema.
  ///
  /// - Throws: `GradusError` where it does not work there.
  func uses(
    on connection: Connection, _ catalog: Catalog, version: Int
  ) throws -> Set<StatementDescription.ColumnUse> {
    do {
      return try Savepoint.runUndone(on: connection) { try ColumnUses.of(sql, on: connection, catalog) }
    } catch let error as SQLError {
      throw GradusError(
        .invalidFile,
        "the query '\(name)' of version \(version) does not work on its own schema (\(connection.engine))",
        file: file, position: SourcePosition(line: line, column: 1),
        hint: "mend the query, or say for which engine it is: -- query: \(name) ... on sqlite", cause: error)
    }
  }
}

extension Catalog {
  /// What of the schema names a column.
  func dependents(of column: String, in table: String) -> [String] {
    guard let definition = tables[table] else { return [] }
    let constraints = definition.constraints.filter { $0.columns.contains(column) }.map {
      "\($0.kind.rawValue): \($0)"
    }
    let indexes = definition.indexes.filter { $0.value.columns.contains(column) }.map { "index \($0.key)" }
    func names(_ sql: String) -> Bool {
      let words = Set(sql.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" })
      return words.contains { $0 == column.lowercased() } && words.contains { $0 == table.lowercased() }
    }
    let all = views.merging(materializedViews) { $1 }
    let views = all.filter { names($0.value.query) }.map { "view \($0.key)" }
    let triggers = (tables.values.map(\.triggers) + all.values.map(\.triggers)).flatMap {
      $0.filter { names($0.value) }.map { "trigger \($0.key)" }
    }
    return constraints.sorted() + indexes.sorted() + views.sorted() + triggers.sorted()
  }
}
