package import Gradus

/// What happens while a database is ported.
package enum PortEvent: Sendable {
  /// A step towards the target's schema.
  case migration(MigrationEvent)
  /// Rows of a table were copied.
  case table(UpdateProgressReport)
  /// Something else began.
  case message(String)
}
