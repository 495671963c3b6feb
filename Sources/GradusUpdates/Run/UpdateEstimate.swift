import Gradus
package import GradusSQL

/// What is left of queued updates, before they are run.
package struct UpdateEstimate: Sendable {
  /// Rows to look at; nil where an update cannot tell.
  package var rows: Int?
  /// The time at the rate of the batches done so far; nil where there were none.
  package var milliseconds: Int?

  /// - Parameters:
  ///   - names: the updates; those that are not queued are done.
  ///   - registry: the updates that can be asked.
  ///   - session: a session of the database whose queue holds them.
  package static func remaining(
    _ names: [String], registry: UpdateRegistry, on session: Session
  ) async throws -> UpdateEstimate {
    let listings = try await session.run { try UpdateListing.read($0, registry: registry) }
    var estimate = UpdateEstimate(rows: 0, milliseconds: 0)
    for listing in listings where names.contains(listing.entry.name) {
      let (rows, statistics) = (listing.remaining, listing.statistics)
      estimate.rows = rows.flatMap { rows in estimate.rows.map { $0 + rows } }
      let rate =
        statistics.done.milliseconds > 0 ? Double(statistics.done.scanned) / statistics.done.milliseconds : 0
      estimate.milliseconds =
        rate > 0
        ? rows.flatMap { rows in estimate.milliseconds.map { $0 + Int(Double(rows) / rate) } } : nil
    }
    return estimate
  }
}
