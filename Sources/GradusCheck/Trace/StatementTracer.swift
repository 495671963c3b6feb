import Gradus
import GradusCatalog
import GradusLint
import GradusSQL

/// Runs the statements of a delta one by one, and notes what each changes.
struct StatementTracer {
  let connection: Connection
  private(set) var steps: [DeltaTrace.Step] = []
  private(set) var failure: DeltaTrace.Failure?
  private(set) var catalog: Catalog
  /// The schema before all of them, as which names are written.
  private let first: Catalog
  private var files: TableFiles
  /// What each change of the schema raises; nil where nothing tells, and on PostgreSQL before a first statement that is no
  /// SET: one may be SET TRANSACTION, and a query would take a snapshot.
  private var schemaNumber: Int64?
  /// Where to look; nil where the statements cannot change that.
  private let place: SessionPlace?

  /// - Parameter mayChangeSettings: whether a statement may change settings.
  init(_ connection: Connection, from catalog: Catalog, mayChangeSettings: Bool) throws {
    self.connection = connection
    self.catalog = catalog
    first = catalog
    files = try TableFiles(connection)
    schemaNumber = try Self.schemaNumber(connection)
    place = mayChangeSettings ? try SessionPlace(connection) : nil
  }

  /// Runs them as a migration would: in a transaction, where they ask for nothing else. Stops at what fails.
  mutating func run(_ statements: [AnalyzedStatement], inTransaction: Bool) throws {
    do {
      if inTransaction {
        try connection.transaction { _ in try runAll(statements) }
      } else {
        try runAll(statements)
      }
    } catch is Stopped {
    } catch let error as SQLError where failure == nil && !statements.isEmpty {
      // The commit, which finds what is deferred.
      let start = SourcePosition(line: 1, column: 1)
      failure = .init(start: start, position: start, error: error)
    }
  }

  /// Rolls back; the reason is kept.
  private struct Stopped: Error {}

  private mutating func runAll(_ statements: [AnalyzedStatement]) throws {
    var isBeforeQueries = schemaNumber == nil
    for statement in statements {
      if isBeforeQueries, !SQLWords(statement.text).has("set", at: 0) {
        isBeforeQueries = false
        schemaNumber = try Self.schemaNumber(connection)
      }
      // No script may hold it; what stands around it is judged all the same.
      if !statement.actions.contains(.transactionControl) { try run(statement) }
      // What sets something changes no table.
      let isToBeSeen = try isBeforeQueries ? false : mayHaveChanged()
      let (after, files) = try isToBeSeen ? look() : (catalog, self.files)
      let volatile = try volatileFunctions(calledBy: statement)
      steps.append(
        .init(
          statement: statement.text, position: statement.effect.position,
          changes: CatalogComparison.changes(from: catalog, to: after), analysis: statement, after: after,
          rewritten: RewrittenTables(from: self.files, to: files),
          volatileFunctions: volatile))
      (catalog, self.files) = (after, files)
    }
  }

  /// By their names alone: of several functions of a name one is enough.
  private func volatileFunctions(calledBy statement: AnalyzedStatement) throws -> Set<String> {
    let called = statement.actions.reduce(into: Set<String>()) { found, action in
      if case .alter(_, .addColumn(_, .expression(let calls))) = action { found.formUnion(calls) }
    }
    guard !called.isEmpty else { return [] }
    let names = called.sorted().map(SQLText.literal).joined(separator: ", ")
    return Set(
      try connection.query(
        "SELECT proname::text FROM pg_catalog.pg_proc WHERE provolatile = 'v' AND proname IN (\(names))"
      ).map { try $0.text(0) })
  }

  /// Of many tables, to read the schema takes longer than most statements do.
  private mutating func mayHaveChanged() throws -> Bool {
    let before = schemaNumber
    schemaNumber = try Self.schemaNumber(connection)
    return schemaNumber == nil || schemaNumber != before
  }

  /// SQLite's number of its schema. PostgreSQL has none, but counts the rows that a transaction writes to its catalogs,
  /// also those that it takes back; nil outside a transaction, where it forgets, and where a script has it count nothing.
  private static func schemaNumber(_ connection: Connection) throws -> Int64? {
    switch connection.engine {
    case .sqlite: try connection.queryRow("PRAGMA schema_version")?[0].integer
    case .postgres where connection.isInTransaction: try connection.queryRow(writtenCatalogRows)?[0].integer
    case .postgres: nil
    }
  }

  private static let writtenCatalogRows = """
    SELECT CASE WHEN pg_catalog.current_setting('track_counts') = 'on' THEN sum(
      pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) + pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)
      + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid))::bigint END
    FROM pg_catalog.pg_class c
    WHERE c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND c.relkind = 'r'
    """

  /// Reads what there is now, as before the statements: one may have set where names go.
  private func look() throws -> (Catalog, TableFiles) {
    let theirs = try place.map { _ in try SessionPlace(connection) }
    try place?.restore(connection)
    // Each is kept, and most of it is as it was.
    let found = try CatalogReader.read(connection).spelled(like: first).sharing(catalog)
    let files = try TableFiles(connection)
    try theirs?.restore(connection)
    return (found, files)
  }

  private mutating func run(_ statement: AnalyzedStatement) throws {
    do {
      try connection.executeScript(statement.text)
    } catch let error as ScriptError {
      let start = statement.effect.position
      failure = .init(
        statement: statement.text, start: start, position: start.moved(to: error.error.position),
        error: error.error, analysis: statement)
      throw Stopped()
    }
  }
}

extension SourcePosition {
  /// A place in a text that starts here.
  fileprivate func moved(to place: SourcePosition?) -> SourcePosition {
    guard let place else { return self }
    return SourcePosition(
      line: line + place.line - 1, column: place.line == 1 ? column + place.column - 1 : place.column)
  }
}
