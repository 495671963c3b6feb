import GradusUpdates

/// A worker that has given a sign of life, as `status` writes it.
struct WorkerReport: Encodable {
  var worker: String
  var startedAt: Int64
  var seenAt: Int64
  /// The update that it is at.
  var update: String?
  /// `running`, `slowed` or `paused`, by what it has read.
  var state: String
  var health: [HealthReading]

  init(_ row: WorkerRow) {
    worker = row.worker
    startedAt = row.startedAt
    seenAt = row.seenAt
    update = row.update
    state = row.state
    health = row.health
  }

  var text: String {
    let readings = health.isEmpty ? "" : " (\(health.map(\.description).joined(separator: ", ")))"
    return "\(worker): \(update.map { "at \($0), " } ?? "")\(state)\(readings)"
  }

  enum CodingKeys: String, CodingKey {
    case worker, update, state, health
    case startedAt = "started_at"
    case seenAt = "seen_at"
  }
}
