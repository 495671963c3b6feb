package import Gradus
package import GradusCatalog
package import GradusLint
package import GradusSQL

/// What a delta does to a database of the version before, statement by statement.
package struct DeltaTrace: Sendable {
  /// The delta.
  package var file: SchemaFile
  /// The engine.
  package var engine: Engine
  /// The schema before, and after the delta and the updates that it queues.
  package var before: Catalog
  package var after: Catalog
  /// The statements in order; one that stands for the whole file where it is no SQL.
  package var steps: [Step]
  /// Whether the delta runs in a transaction, as it does unless it says otherwise.
  package var isInTransaction = true
  /// What went wrong; nil where the delta was applied and understood.
  package var failure: Failure?

  /// A statement.
  package struct Step: Sendable {
    /// Its text.
    package var statement: String
    /// Where in the file it starts.
    package var position: SourcePosition
    /// What it changes.
    package var changes: [CatalogChange]
    /// What its text says; nil where it is no SQL.
    package var analysis: AnalyzedStatement?
    /// The schema after it.
    package var after: Catalog
    /// The tables whose files it wrote anew, on PostgreSQL.
    package var rewritten = RewrittenTables()
  }

  /// Why a delta was not applied, or not understood.
  package struct Failure: Sendable {
    /// The statement; nil where it is about the whole file.
    package var statement: String?
    /// Where it starts.
    package var start: SourcePosition
    /// Where in the file the error lies.
    package var position: SourcePosition
    /// The engine's or parser's error.
    package var error: SQLError
    /// What the statement would do.
    package var analysis: AnalyzedStatement?
    /// Whether the delta was applied all the same.
    package var isApplied = false
  }

  /// The net changes: what a delta makes and takes back, such as a table that is rebuilt, does not count.
  package var changes: [CatalogChange] { CatalogComparison.changes(from: before, to: after) }

  /// The lines on which statements begin.
  package var lines: [Int] { steps.map(\.position.line) + (failure.map { [$0.start.line] } ?? []) }

  /// Whether a statement that gives something another name makes a change.
  package func isRename(_ change: CatalogChange) -> Bool {
    steps.first { $0.changes.contains(change) }?.statement.contains(
      #/^ALTER\b.*\bRENAME\b/#.ignoresCase().dotMatchesNewlines())
      ?? false
  }

  /// The statement that makes a change, or else the first that touches the same table.
  package func step(of change: CatalogChange) -> Step? {
    steps.first { $0.changes.contains(change) }
      ?? steps.first { step in
        change.table.map { table in step.changes.contains { $0.table == table } } ?? false
      }
      ?? steps.first
  }
}
