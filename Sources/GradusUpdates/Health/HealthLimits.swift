/// Above which values background updates pause.
public struct HealthLimits: Sendable, Hashable {
  private var limits: [HealthSignal: Double]

  /// The defaults: 10 s of replication lag, any session that waits for a batch's lock, half of the batches busy,
  /// 256 MiB of SQLite's write-ahead log. Latency and the rate of PostgreSQL's log are off, as what is normal for them
  /// differs from one system to the next.
  public init() {
    limits = [.replicationLag: 10_000, .lockWaiters: 0, .busyRate: 0.5, .walSize: 256 * 1024 * 1024]
  }

  /// - Parameter limits: those that are on, each in its signal's unit and not below 0.
  public init(_ limits: [HealthSignal: Double]) {
    precondition(limits.values.allSatisfy { $0 >= 0 })
    self.limits = limits
  }

  /// No limit at all.
  public static let off = HealthLimits([:])

  /// A signal's limit in the signal's unit; nil where it is off.
  public subscript(signal: HealthSignal) -> Double? {
    get { limits[signal] }
    set {
      precondition(newValue.map { $0 >= 0 } ?? true)
      limits[signal] = newValue
    }
  }
}
