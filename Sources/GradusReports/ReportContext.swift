package import Gradus
package import GradusUpdates

/// What reports compare a database with.
package struct ReportContext: Sendable {
  /// What the application expects.
  package var schema: SchemaDefinition
  /// The updates that it can run.
  package var registry: UpdateRegistry
  /// How it runs them in the background.
  package var updates: UpdateOptions

  package init(schema: SchemaDefinition, registry: UpdateRegistry, updates: UpdateOptions) {
    self.schema = schema
    self.registry = registry
    self.updates = updates
  }
}
