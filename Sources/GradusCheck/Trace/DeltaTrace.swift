package import Gradus
package import GradusCatalog
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

  /// A statement.
  package struct Step: Sendable {
    /// Its text.
    package var statement: String
    /// Where in the file it starts.
    package var position: SourcePosition
    /// What it changes.
    package var changes: [CatalogChange]
  }

  /// The net changes: what a delta makes and takes back, such as a table that is rebuilt, does not count.
  package var changes: [CatalogChange] { CatalogComparison.changes(from: before, to: after) }

  /// The statement that makes a change, or else the first that touches the same table.
  package func step(of change: CatalogChange) -> Step? {
    steps.first { $0.changes.contains(change) }
      ?? steps.first { step in
        change.table.map { table in step.changes.contains { $0.table == table } } ?? false
      }
      ?? steps.first
  }
}
