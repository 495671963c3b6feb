import Gradus
package import GradusSQL

/// A queued update with what is known of it.
package struct UpdateListing: Sendable {
  package var entry: QueueEntry
  /// An update that has to be complete first and is queued still; of several, the first.
  package var waitsFor: String?
  package var statistics: UpdateStatistics
  /// Rows to look at, roughly; nil where the update cannot tell.
  package var remaining: Int?
  /// The workers that have it, or ranges of it, now.
  package var holders: [String]
  /// What an index build does now; nil where there is none.
  package var index: IndexProgress?
  /// Whether this program can run it.
  package var isKnown: Bool

  /// The queue in the order in which it is worked off.
  ///
  /// - Parameters:
  ///   - connection: a connection to the database.
  ///   - registry: the updates that can be asked what is left.
  ///   - counts: what was counted before, for who reads again and again.
  package static func read(
    _ connection: Connection, registry: UpdateRegistry, counts: RemainingCounts = RemainingCounts()
  ) throws -> [UpdateListing] {
    let tables = try CatalogTables.names(connection)
    guard tables.contains("background_updates") else { return [] }
    // A database that only another program has prepared has the queue alone; an earlier release's lacks columns.
    guard try BookkeepingTables.areComplete(among: tables, connection) else {
      let entries = try DatabaseStateReader(rules: []).read(connection).queue.map { QueueEntry($0) }
      let names = Set(entries.map(\.name))
      return entries.sorted(by: QueueEntry.goesBefore).map { entry in
        UpdateListing(
          entry: entry, waitsFor: registry.dependency(of: entry, among: names), statistics: .init(),
          holders: [], isKnown: registry.names.contains(entry.name))
      }
    }
    let queue = UpdateQueue(connection: connection)
    let holders = try UpdateLeases.holders(connection)
    let entries = try queue.load()
    let names = Set(entries.map(\.name))
    counts.keep(names)
    return try entries.map { entry in
      let work = registry.work(for: entry.name)
      let statistics = try queue.statisticsWithRanges(entry.name)
      // The tables of an update that cannot run yet may not be there.
      let remaining = try? work.flatMap {
        try counts.remaining(
          of: $0, past: entry.update.progress, scanned: statistics.done.scanned, on: connection)
      }
      return UpdateListing(
        entry: entry, waitsFor: registry.dependency(of: entry, among: names), statistics: statistics,
        remaining: remaining, holders: holders[entry.name] ?? [],
        index: try (work as? IndexWork).flatMap { try IndexProgress.read(index: $0.index.name, connection) },
        isKnown: work != nil)
    }
  }
}
