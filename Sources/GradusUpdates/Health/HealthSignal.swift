public import GradusSQL

/// What tells whether a database bears its background updates. The raw value is its key in the configuration and in JSON.
public enum HealthSignal: String, Sendable, Hashable, CaseIterable, Codable {
  /// How far the slowest replica is behind, in milliseconds.
  case replicationLag = "replication_lag_ms"
  /// What the server writes to its write-ahead log, for whomever, in bytes per second.
  case walRate = "wal_rate_bytes_per_s"
  /// How many sessions wait for a lock that a batch holds.
  case lockWaiters = "lock_waiters"
  /// How long the application's own work takes, in milliseconds, as it tells a `LatencyProbe`.
  case latency = "latency_ms"
  /// The part of the recent batches that met a lock, a conflict or a busy database, from 0 to 1.
  case busyRate = "busy_rate"
  /// What of SQLite's write-ahead log is not yet in the database file, in bytes.
  case walSize = "wal_size_bytes"

  /// The engines on which there are readings of it.
  public var engines: Set<Engine> {
    switch self {
    case .replicationLag, .walRate, .lockWaiters: [.postgres]
    // On PostgreSQL a batch that meets a lock is tried again later with fewer rows, which makes way as well.
    case .walSize, .busyRate: [.sqlite]
    case .latency: [.sqlite, .postgres]
    }
  }
}
