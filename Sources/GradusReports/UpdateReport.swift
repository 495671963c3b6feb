import Gradus
package import GradusUpdates

/// A queued update as `updates list` and `status` write it.
package struct UpdateReport: Encodable, Sendable {
  package var database: String
  package var name: String
  /// An update that has to be complete first and is queued still; of several, the first.
  package var dependsOn: String?
  package var ordering: Int
  package var priority: Int
  package var progress: String
  package var known: Bool
  package var pausedBy: String?
  /// Whether it is paused by its own name: the pause of all, taken back, would not wake it.
  package var isPausedByName: Bool
  package var parked: String?
  /// The workers that have it now.
  package var workers: [String]
  package var scanned: Int
  package var written: Int
  package var batches: Int
  package var durationMs: Int
  package var remaining: Int?
  package var fraction: Double?
  /// What an index build does now.
  package var phase: String?
  package var skipped: [String: Int]

  package init(_ listing: UpdateListing, database: String) {
    self.database = database
    name = listing.entry.name
    dependsOn = listing.waitsFor
    ordering = listing.entry.update.ordering
    priority = listing.entry.priority
    progress = listing.entry.update.progress
    known = listing.isKnown
    pausedBy = listing.entry.pausedBy
    isPausedByName = listing.entry.isPausedByName
    parked = listing.entry.parkedReason
    workers = listing.holders
    phase = listing.index?.phase
    let (done, left) =
      listing.index.map { ($0.done, $0.remaining) } ?? (listing.statistics.done.scanned, listing.remaining)
    (scanned, remaining) = (done, left)
    fraction =
      UpdateProgressReport(
        name: name, scanned: done, written: 0, remaining: left, isComplete: false
      ).fraction
    written = listing.statistics.done.written
    batches = listing.statistics.done.batches
    durationMs = Int(listing.statistics.done.milliseconds)
    skipped = listing.statistics.done.skipped
  }

  package enum CodingKeys: String, CodingKey {
    case database, name, ordering, priority, progress, known, parked, workers, scanned, written, batches,
      remaining,
      fraction, phase, skipped
    case dependsOn = "depends_on"
    case pausedBy = "paused_by"
    case isPausedByName = "paused_by_name"
    case durationMs = "duration_ms"
  }
}
