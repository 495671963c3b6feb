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

  /// Why it does not run, or what runs.
  var note: String {
    if let parked { return "parked: " + (parked.split(separator: "\n").first.map(String.init) ?? "") }
    if !known { return "not known here" }
    if let pausedBy { return "paused by \(pausedBy)" }
    if let phase { return phase }
    return workers.isEmpty ? "" : "running (\(workers.count) worker\(workers.count == 1 ? "" : "s"))"
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

/// The JSON that `updates list` writes.
struct UpdatesDocument: Encodable {
  var format = 1
  var updates: [UpdateReport]
  var completed: [CertificateReport]
}

/// A certificate as `updates list` writes it.
struct CertificateReport: Encodable {
  var database: String
  var name: String
  var completedAt: Int64
  var completedBy: String
  var version: Int?
  var scanned: Int
  var written: Int
  var durationMs: Int
  var verified: String

  init(_ certificate: UpdateCertificate, database: String) {
    self.database = database
    name = certificate.name
    completedAt = certificate.completedAt
    completedBy = certificate.completedBy
    version = certificate.version
    scanned = certificate.scanned
    written = certificate.written
    durationMs = Int(certificate.milliseconds)
    verified = certificate.verified
  }

  enum CodingKeys: String, CodingKey {
    case database, name, version, scanned, written, verified
    case completedAt = "completed_at"
    case completedBy = "completed_by"
    case durationMs = "duration_ms"
  }
}
