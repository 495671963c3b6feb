import Gradus
package import GradusSQL

/// A row that a job queues.
public struct AdminJobRow: Sendable, Hashable {
  /// The update's name.
  public var name: String
  /// How far it came, as JSON.
  public var progress: String
  /// The update that must be complete first; empty means none, as the homeserver writes it.
  public var dependsOn: String

  /// - Parameters:
  ///   - name: the update's name.
  ///   - progress: how far it came, as JSON.
  ///   - dependsOn: the update that must be complete first; empty means none.
  public init(_ name: String, progress: String = "{}", dependsOn: String = "") {
    self.name = name
    self.progress = progress
    self.dependsOn = dependsOn
  }

  /// Puts it into the queue.
  ///
  /// - Parameter connection: a connection to the queue's database, in a transaction.
  /// - Throws: `SQLError` with code `uniqueViolation` where it is queued.
  package func queue(on connection: Connection) throws {
    // The ordering is left to the table's default, 0.
    try connection.execute(
      "INSERT INTO background_updates (update_name, progress_json, depends_on) VALUES ($1, $2, $3)",
      [.text(name), .text(progress), .text(dependsOn)])
    try BookkeepingTables.forget(update: name, on: connection)
  }
}
