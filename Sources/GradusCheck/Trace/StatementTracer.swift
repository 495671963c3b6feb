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
  /// SQLite's number of its schema, which each change of that raises; nil on PostgreSQL, which has none.
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
    for statement in statements {
      // No script may hold it; what stands around it is judged all the same.
      if !statement.actions.contains(.transactionControl) { try run(statement) }
      let (after, files) = try mayHaveChanged() ? look() : (catalog, self.files)
      steps.append(
        .init(
          statement: statement.text, position: statement.effect.position,
          changes: CatalogComparison.changes(from: catalog, to: after), analysis: statement, after: after,
          rewritten: RewrittenTables(from: self.files, to: files)))
      (catalog, self.files) = (after, files)
    }
  }

  /// Of many tables, to read the schema takes longer than most statements do.
  private mutating func mayHaveChanged() throws -> Bool {
    let before = schemaNumber
    schemaNumber = try Self.schemaNumber(connection)
    return schemaNumber == nil || schemaNumber != before
  }

  private static func schemaNumber(_ connection: Connection) throws -> Int64? {
    guard connection.engine == .sqlite else { return nil }
    return try connection.queryRow("PRAGMA schema_version")?[0].integer
  }

  /// Reads what there is now, as before the statements: one may have set where names go.
  private func look() throws -> (Catalog, TableFiles) {
    let theirs = try place.map { _ in try SessionPlace(connection) }
    try place?.restore(connection)
    let found = (try CatalogReader.read(connection).spelled(like: first), try TableFiles(connection))
    try theirs?.restore(connection)
    return found
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
