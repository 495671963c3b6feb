import Gradus
import GradusUpdates

/// A queued update as `updates list` and `status` write it.
struct UpdateReport: Encodable {
  var database: String
  var name: String
  var dependsOn: String?
  var ordering: Int
  var priority: Int
  var progress: String
  var known: Bool
  var pausedBy: String?
  var parked: String?
  /// The workers that have it now.
  var workers: [String]
  var scanned: Int
  var written: Int
  var batches: Int
  var durationMs: Int
  var remaining: Int?
  var fraction: Double?
  /// What an index build does now.
  var phase: String?
  var skipped: [String: Int]

  init(_ listing: UpdateListing, database: String) {
    self.database = database
    name = listing.entry.name
    dependsOn = listing.entry.update.dependsOn
    ordering = listing.entry.update.ordering
    priority = listing.entry.priority
    progress = listing.entry.update.progress
    known = listing.isKnown
    pausedBy = listing.entry.pausedBy
    parked = listing.entry.parkedReason
    workers = listing.holders
    phase = listing.index?.phase
    let (done, left) =
      listing.index.map { ($0.done, $0.remaining) } ?? (listing.statistics.scanned, listing.remaining)
    (scanned, remaining) = (done, left)
    fraction =
      UpdateProgressReport(
        name: name, scanned: done, written: 0, remaining: left, isComplete: false
      ).fraction
    written = listing.statistics.written
    batches = listing.statistics.batches
    durationMs = Int(listing.statistics.milliseconds)
    skipped = listing.statistics.skipped
  }

  enum CodingKeys: String, CodingKey {
    case database, name, ordering, priority, progress, known, parked, workers, scanned, written, batches,
      remaining,
      fraction, phase, skipped
    case dependsOn = "depends_on"
    case pausedBy = "paused_by"
    case durationMs = "duration_ms"
  }
}
