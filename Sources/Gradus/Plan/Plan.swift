/// What a start-up of one version of the application will do to one physical database, step by step.
public struct Plan: Sendable {
  /// The application's version.
  public var target: Int
  /// The application's compat version.
  public var targetCompat: Int
  /// The database's version before; nil where it is new.
  public var version: Int?
  /// The database's compat version before.
  public var compatVersion: Int?
  /// The steps in order. Empty where there is nothing to do.
  public var steps: [PlanStep]
  /// The names of the updates that were queued before.
  public var queuedUpdates: Set<String>
  /// What an operator should know, such as files that are ignored.
  public var warnings: [String]

  /// Whether there is nothing to do.
  public var isEmpty: Bool { steps.isEmpty }

  /// The compat version that the steps before one raise an existing database to; nil where they do not.
  func compatRaised(before index: Int) -> Int? {
    guard version != nil else { return nil }
    return steps[..<index].compactMap { step -> Int? in
      if case .raiseCompat(_, let compat) = step.action { compat } else { nil }
    }.last
  }

  /// Whether an update may be queued when a step is reached: it was before, or a purge or a delta of the steps before this
  /// one queues it. What a delta queues its text does not always tell; those of the version that relies on an update come
  /// after its completion.
  func mayHaveQueued(_ update: String, before index: Int) -> Bool {
    queuedUpdates.contains(update)
      || steps[..<index].contains { (step: PlanStep) -> Bool in
        switch step.action {
        case .applyDelta: true
        case .purgeStale(let rule): rule.queuedUpdates.contains(update)
        default: false
        }
      }
  }

  init(target: Int, targetCompat: Int, version: Int?, compatVersion: Int?, queuedUpdates: Set<String>) {
    self.target = target
    self.targetCompat = targetCompat
    self.version = version
    self.compatVersion = compatVersion
    self.queuedUpdates = queuedUpdates
    steps = []
    warnings = []
  }
}
