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
  ///   - wanted: the updates that are asked what is left, which may take long; nil for all.
  package static func read(
    _ connection: Connection, registry: UpdateRegistry, counts: RemainingCounts = RemainingCounts(),
    counting wanted: Set<String>? = nil
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
          holders: [], isKnown: registry.work(for: entry.name) != nil)
      }
    }
    let queue = UpdateQueue(connection: connection)
    let holders = try UpdateLeases.holders(connection)
    let entries = try queue.load()
    let names = Set(entries.map(\.name))
    counts.keep(names)
    // Of all at once: of each by itself it would be several round trips for every update.
    let (allStatistics, allRanges) = (try queue.allStatistics(), try RangeSummary.all(on: connection))
    let works = entries.map { registry.work(for: $0.name) }
    let builds = try IndexProgress.read(
      indexes: works.compactMap { ($0 as? IndexWork)?.index }, connection)
    return zip(entries, works).map { entry, work in
      let name = BytewiseText(entry.name)
      let ranges = allRanges[name] ?? RangeSummary()
      var statistics = allStatistics[name] ?? UpdateStatistics()
      statistics.done.add(ranges.done)
      let (progress, scanned) = (entry.update.progress, statistics.done.scanned)
      let counted = wanted?.contains(entry.name) ?? true ? work : nil
      // The tables of an update that cannot run yet may not be there.
      let remaining = try? counted.flatMap {
        try counts.remaining(of: $0, past: progress, ranges, scanned: scanned, on: connection)
      }
      return UpdateListing(
        entry: entry, waitsFor: registry.dependency(of: entry, among: names), statistics: statistics,
        remaining: remaining, holders: holders[entry.name] ?? [],
        index: (work as? IndexWork).flatMap { builds[$0.index.name] }, isKnown: work != nil)
    }
  }
}
