package import GradusUpdates

/// A worker that has given a sign of life, as `status` writes it.
package struct WorkerReport: Encodable, Sendable {
  package var worker: String
  package var startedAt: Int64
  package var seenAt: Int64
  /// The update that it is at.
  package var update: String?
  /// `running`, `slowed` or `paused`, by what it has read.
  package var state: String
  package var health: [HealthReading]

  package init(_ row: WorkerRow) {
    worker = row.worker
    startedAt = row.startedAt
    seenAt = row.seenAt
    update = row.update
    state = row.state
    health = row.health
  }

  package enum CodingKeys: String, CodingKey {
    case worker, update, state, health
    case startedAt = "started_at"
    case seenAt = "seen_at"
  }
}
