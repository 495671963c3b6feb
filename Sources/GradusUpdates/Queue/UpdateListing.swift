package import Gradus
package import GradusSQL

/// A queued update with what is known of it.
package struct UpdateListing: Sendable {
  package var update: QueuedUpdate
  package var statistics: UpdateStatistics
  /// Whether this program can run it.
  package var isKnown: Bool

  /// The queue in the order in which it is worked off.
  package static func read(_ connection: Connection, registry: UpdateRegistry) throws -> [UpdateListing] {
    let tables = try CatalogTables.names(connection)
    guard tables.contains("background_updates") else { return [] }
    let queue = UpdateQueue(connection: connection)
    return try queue.load().sorted { ($0.ordering, $0.name) < ($1.ordering, $1.name) }.map { update in
      let statistics = tables.contains("gradus_updates") ? try queue.statistics(update.name) : nil
      return UpdateListing(
        update: update, statistics: statistics?.completedAt == nil ? statistics ?? .init() : .init(),
        isKnown: registry.names.contains(update.name))
    }
  }
}
