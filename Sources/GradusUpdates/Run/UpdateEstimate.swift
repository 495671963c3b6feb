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
    try await session.run { connection in
      guard try CatalogTables.names(connection).isSuperset(of: ["background_updates", "gradus_updates"])
      else {
        return UpdateEstimate(rows: nil)
      }
      var estimate = UpdateEstimate(rows: 0, milliseconds: 0)
      let queue = UpdateQueue(connection: connection)
      for update in try queue.load() where names.contains(update.name) {
        let rows = try registry.work(for: update.name)?.estimateRemaining(update.progress, on: connection)
        estimate.rows = rows.flatMap { rows in estimate.rows.map { $0 + rows } }
        let statistics = try queue.statistics(update.name)
        let rate = statistics.flatMap { $0.milliseconds > 0 ? Double($0.scanned) / $0.milliseconds : nil }
        estimate.milliseconds = rate.flatMap { rate in
          rows.flatMap { rows in estimate.milliseconds.map { $0 + Int(Double(rows) / rate) } }
        }
      }
      return estimate
    }
  }
}
