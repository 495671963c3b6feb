/// How updates are run: the size of their batches, when, and what they make way for.
public struct UpdateOptions: Sendable, Hashable {
  /// How batches are sized and spaced.
  public var batches: BatchOptions
  /// How long a batch's statement waits for a lock before the batch is split; PostgreSQL only.
  public var lockTimeout: Duration
  /// How long a batch's statement may run; nil for as long as the server lets it. PostgreSQL only.
  public var statementTimeout: Duration?
  /// How long an update stays with a process that has not been heard of.
  public var leaseDuration: Duration
  /// For how long a run that ends by itself tries to reach a database again to which it has lost the connection.
  public var reconnectTimeout: Duration
  /// When batches may start.
  public var windows: TimeWindows
  /// Above which values no batch starts.
  public var health: HealthLimits
  /// How often the database's health is read.
  public var healthInterval: Duration

  /// - Parameters:
  ///   - batches: how batches are sized and spaced.
  ///   - lockTimeout: how long a batch's statement waits for a lock; above zero.
  ///   - statementTimeout: how long a batch's statement may run.
  ///   - leaseDuration: how long an update stays with a silent process; above zero.
  ///   - reconnectTimeout: for how long a run that ends by itself tries to reach a database again; zero for not at all.
  ///   - windows: when batches may start.
  ///   - health: above which values no batch starts.
  ///   - healthInterval: how often health is read; above zero.
  public init(
    batches: BatchOptions = BatchOptions(), lockTimeout: Duration = .seconds(2),
    statementTimeout: Duration? = nil, leaseDuration: Duration = .seconds(30),
    reconnectTimeout: Duration = .seconds(60), windows: TimeWindows = .always,
    health: HealthLimits = HealthLimits(),
    healthInterval: Duration = .seconds(5)
  ) {
    precondition(lockTimeout > .zero && leaseDuration > .zero && healthInterval > .zero)
    precondition(statementTimeout.map { $0 > .zero } ?? true)
    precondition(reconnectTimeout >= .zero)
    self.batches = batches
    self.lockTimeout = lockTimeout
    self.statementTimeout = statementTimeout
    self.leaseDuration = leaseDuration
    self.reconnectTimeout = reconnectTimeout
    self.windows = windows
    self.health = health
    self.healthInterval = healthInterval
  }

  /// For an operator or a start-up that waits for the end: longer batches without pauses, at any hour and whatever the
  /// database's health.
  public static let foreground = UpdateOptions(batches: .foreground, health: .off)
}
