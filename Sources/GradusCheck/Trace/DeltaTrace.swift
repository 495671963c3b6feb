import Gradus
import GradusCatalog
import GradusLint
import GradusSQL

/// What a delta does to a database of the version before, statement by statement.
struct DeltaTrace: Sendable {
  /// The delta.
  var file: SchemaFile
  /// The engine.
  var engine: Engine
  /// The schema before, and after the delta and the updates that it queues.
  var before: Catalog
  var after: Catalog
  /// What admitted versions know.
  var known: KnownSchema
  /// The new checks, by table, that all rows of admitted versions satisfy.
  var satisfiedChecks: [String: Set<CatalogConstraint>] = [:]
  /// The statements in order; one that stands for the whole file where it is no SQL.
  var steps: [Step]
  /// Whether the delta runs in a transaction, as it does unless it says otherwise.
  var isInTransaction = true
  /// What went wrong; nil where the delta was applied and understood.
  var failure: Failure?

  /// A statement.
  struct Step: Sendable {
    /// Its text.
    var statement: String
    /// Where in the file it starts.
    var position: SourcePosition
    /// What it changes.
    var changes: [CatalogChange]
    /// What its text says; nil where it is no SQL.
    var analysis: AnalyzedStatement?
    /// The schema after it.
    var after: Catalog
    /// The tables whose files it wrote anew, on PostgreSQL.
    var rewritten = RewrittenTables()
    /// The volatile ones of the functions that the defaults of its new columns call, on PostgreSQL.
    var volatileFunctions: Set<String> = []

    /// Whether it gives something another name.
    var isRename: Bool { analysis?.isRename ?? false }
  }

  /// Why a delta was not applied, or not understood.
  struct Failure: Sendable {
    /// The statement; nil where it is about the whole file.
    var statement: String?
    /// Where it starts.
    var start: SourcePosition
    /// Where in the file the error lies.
    var position: SourcePosition
    /// The engine's or parser's error.
    var error: SQLError
    /// What the statement would do.
    var analysis: AnalyzedStatement?
    /// Whether the delta was applied all the same.
    var isApplied = false
  }

  /// The net changes: what a delta makes and takes back, such as a table that is rebuilt, does not count.
  var changes: [CatalogChange] { CatalogComparison.changes(from: before, to: after) }

  /// Where statements begin.
  var starts: [SourcePosition] { steps.map(\.position) + (failure.map { [$0.start] } ?? []) }

  /// Whether a statement that gives something another name makes a change.
  func isRename(_ change: CatalogChange) -> Bool {
    steps.first { $0.changes.contains(change) }?.isRename ?? false
  }

  /// The statement that makes a change, or else the first that touches the same table.
  func step(of change: CatalogChange) -> Step? {
    steps.first { $0.changes.contains(change) }
      ?? steps.first { step in
        change.table.map { table in step.changes.contains { $0.table == table } } ?? false
      }
      ?? steps.first
  }
}
