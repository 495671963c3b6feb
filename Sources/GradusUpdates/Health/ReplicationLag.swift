/// How far replicas are behind, from what the primary knows of them. Pure.
///
/// PostgreSQL measures a lag only when a replica reports that it has replayed something. Of one that does not get on
/// there is an old number or none, so the positions of the primary's log are remembered: where that log was, at an
/// earlier reading, beyond what the replica has replayed by now, the replica is at least as far behind as that reading.
struct ReplicationLag: Sendable {
  /// What the primary knows of one replica.
  struct Replica: Sendable, Equatable {
    /// Up to where it has replayed the log, in bytes.
    var replayed: Int64
    /// The lag as PostgreSQL measured it, in milliseconds; nil where it did not lately.
    var measured: Double?
  }

  /// The log's position at earlier readings, oldest first.
  private var positions: [(seconds: Double, position: Int64)] = []
  private static let capacity = 256

  /// - Parameters:
  ///   - replicas: the replicas.
  ///   - position: where the primary's log is, in bytes.
  ///   - seconds: the time of the reading.
  /// - Returns: the greatest lag in milliseconds; nil without replicas.
  mutating func read(_ replicas: [Replica], position: Int64, at seconds: Double) -> Double? {
    // Another server, or another time.
    if let last = positions.last, last.position > position || last.seconds > seconds { positions = [] }
    positions.append((seconds, position))
    let least = replicas.map(\.replayed).min() ?? position
    positions.removeAll { $0.position <= least }
    // The oldest one tells most.
    if positions.count > Self.capacity { positions.remove(at: 1) }
    return replicas.map { replica in
      let since = positions.first { $0.position > replica.replayed }?.seconds ?? seconds
      return max(replica.measured ?? 0, (seconds - since) * 1000)
    }.max()
  }
}
