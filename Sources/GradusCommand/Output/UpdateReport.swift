import GradusUpdates

/// A queued update as `updates list` and `status` write it.
struct UpdateReport: Encodable {
  var database: String
  var name: String
  var dependsOn: String?
  var ordering: Int
  var progress: String
  var known: Bool
  var scanned: Int
  var written: Int
  var durationMs: Int
  var skipped: [String: Int]

  init(_ entry: UpdateListing, database: String) {
    self.database = database
    name = entry.update.name
    dependsOn = entry.update.dependsOn
    ordering = entry.update.ordering
    progress = entry.update.progress
    known = entry.isKnown
    scanned = entry.statistics.scanned
    written = entry.statistics.written
    durationMs = Int(entry.statistics.milliseconds)
    skipped = entry.statistics.skipped
  }

  enum CodingKeys: String, CodingKey {
    case database, name, ordering, progress, known, scanned, written, skipped
    case dependsOn = "depends_on"
    case durationMs = "duration_ms"
  }
}

/// The JSON that `updates list` writes.
struct UpdatesDocument: Encodable {
  var format = 1
  var updates: [UpdateReport]
}
