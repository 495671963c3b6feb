import Foundation
import Gradus
import GradusSQL

/// One worker: takes updates up, runs their batches, lets go of them. Its decisions are those of pure types; it carries
/// them out.
actor UpdateWorker {
  let runner: UpdateRunner
  let goal: RunGoal
  let scheduler: UpdateScheduler
  private(set) var executor: BatchExecutor
  /// How long a hold lasts where the application makes no longer pauses.
  private let leastHold: Duration
  let pacer: IterationPacer
  let policy: FailurePolicy
  let observer: UpdateObserver
  var health: WorkerHealth
  var turn: WorkerTurn

  var circumstances: UpdateScheduler.Circumstances
  var queue: [QueueEntry] = []
  var queueReadAt: ContinuousClock.Instant?
  /// How often the control had woken runners before the queue was read.
  private var wakesBefore = 0
  var active: ActiveUpdate?
  /// What was learnt of updates that the worker was at before, by name.
  var shelved: [String: ActiveUpdate] = [:]
  /// Until when updates are set aside.
  var asideUntil: [String: ContinuousClock.Instant] = [:]
  /// How often in a row a batch has failed, by update.
  var failures: [String: Int] = [:]
  /// The updates that this worker has parked.
  var parked: Set<String> = []
  /// How often in a row the queue could not be read.
  private var queueFailures = 0
  /// Whether Gradus's own tables are known to be there.
  private var hasTables = false
  private var hasReadQueue = false
  var summary = UpdateRunner.Summary()
  /// Why nothing could run, as was reported last; nothing once a batch has run since.
  var reportedReasons: [String: WaitReason] = [:]

  init(_ runner: UpdateRunner, wanted: Set<String>?, goal: RunGoal) {
    self.runner = runner
    self.goal = goal
    scheduler = UpdateScheduler(dependencies: runner.registry.dependencies, known: runner.registry.names)
    let worker = LeaseTerms.newWorker()
    let options = runner.options
    let database = runner.database?.name ?? PhysicalDatabase.defaultName
    // A worker that sleeps between two batches is not dead.
    let hold = max(options.leaseDuration, options.batches.pause * Self.pausesOfHold)
    leastHold = hold
    executor = BatchExecutor(
      session: runner.session, terms: LeaseTerms(worker: worker, duration: hold),
      limits: TransactionLimits(lock: options.lockTimeout, statement: options.statementTimeout),
      version: runner.environment.version, control: runner.environment.control)
    pacer = IterationPacer(
      options: options.batches, pacing: runner.environment.pacing, control: runner.environment.control,
      database: database)
    policy = FailurePolicy(attempts: options.batches.attempts, isPatient: goal != .idle)
    observer = UpdateObserver(runner, database: database)
    health = WorkerHealth(options, latency: runner.environment.latency, worker: worker)
    turn = WorkerTurn(runner.preempts ? nil : runner.database?.driver)
    let control = runner.environment.control
    circumstances = UpdateScheduler.Circumstances(
      wanted: wanted, triesParked: wanted != nil, preempts: runner.preempts, paused: { control.isPaused($0) })
  }

  var session: Session { runner.session }
  var control: RunControl { runner.environment.control }

  func run() async throws -> UpdateRunner.Summary {
    do {
      try await work()
      await leave()
      return summary
    } catch {
      await leave()
      throw Task.isCancelled ? CancellationError() : error
    }
  }

  /// Until the goal is reached or somebody stops it.
  private func work() async throws {
    while !control.isStopping {
      try Task.checkCancellation()
      guard try await hasQueue() else { continue }
      switch decide() {
      case .run(let name): try await iterate(name)
      case .blocked(let reasons):
        await rest()
        guard goal.waits(for: reasons.values) else {
          summary.waiting = reasons.mapValues(\.description)
          return
        }
        tell(reasons)
        try await sleep(.seconds(1))
      case .finished:
        await rest()
        reportedReasons = [:]
        guard goal == .forever else { return }
        try await sleep(.seconds(5))
      }
    }
    summary.isStopped = true
    // Stopped before it began, or right after an update's end, it does not know what remains.
    if queueReadAt == nil { _ = try await hasQueue() }
    for entry in scheduler.candidates(circumstances.wanted, queue) {
      summary.waiting[entry.name] = WaitReason.stopped.description
    }
  }

  /// Reports why nothing can run, where that is news: of a failure that is tried again its own event tells, each time,
  /// and what merely comes and goes with such tries makes nothing else news.
  private func tell(_ reasons: [String: WaitReason]) {
    var lasting = reasons.filter { _, reason in
      switch reason {
      case .backingOff, .dependency: false
      default: true
      }
    }
    // Updates that wait for nothing but each other do so for ever.
    if reasons.values.allSatisfy(\.isDependency) { lasting = reasons }
    if !lasting.isEmpty, lasting != reportedReasons {
      observer.report(.waiting(reasons.mapValues(\.description)))
    }
    reportedReasons = lasting
  }

  private func decide() -> UpdateScheduler.Decision {
    let now = ContinuousClock.now
    for (name, until) in asideUntil where until <= now {
      asideUntil[name] = nil
      circumstances.setAside[name] = nil
    }
    circumstances.isWithinWindow = isWithinWindow
    let decision = scheduler.next(queue, circumstances)
    observer.update(queue: queue, isEnabled: control.isEnabled, decision: decision)
    return decision
  }

  /// Reads the queue where that is due. An error that may go by itself is waited out as a batch's is.
  ///
  /// - Returns: false where it could not be read this time.
  private func hasQueue() async throws -> Bool {
    do {
      if !hasTables { try await makeTables() }
      try await readQueue()
      queueFailures = 0
      return true
    } catch let error as SQLError where error.code == .cancelled && control.isStopping && !Task.isCancelled {
      return false
    } catch let error as SQLError where mayPass(error) && (hasTables || error.code.isTransient) {
      queueFailures += 1
      guard case .retry(let delay) = policy.response(failures: queueFailures, isTransient: true) else {
        throw error
      }
      observer.note(error, "the queue cannot be read; trying again")
      try await control.sleep(for: delay)
      return false
    }
  }

  /// Makes Gradus's own tables where some are missing. All that use a table wait behind who waits to change it, so that this
  /// waits no longer at a time than a batch does.
  private func makeTables() async throws {
    let limit = control.isStopping ? min(executor.limits.lock, .seconds(1)) : executor.limits.lock
    let session = session
    let make = { @Sendable in try await session.run { try BookkeepingTables.ensure($0, lockTimeout: limit) } }
    try await untilStop(make)
    hasTables = true
  }

  /// Forgets what is known of updates that another program has taken off the queue: queued anew, they would be paused or parked
  /// by what was said of them before.
  private func forgetUnqueued() async throws {
    let executor = executor
    let forget = { @Sendable in try await executor.onQueue { try BookkeepingTables.forgetUnqueued(on: $0) } }
    do {
      try await untilStop(forget)
    } catch let error as SQLError where mayPass(error) {
      // A stop breaks it off, and leaves it to the next run.
      if !control.isStopping { observer.note(error, "what is known of updates that are not queued stays") }
    }
  }

  /// As the control's; by a run that is stopped already it is done all the same: what that leaves behind is told, too.
  private func untilStop<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await control.isStopping ? body() : control.untilStop(body)
  }

  /// At most once a second while batches run: operators and other workers change the queue seldom.
  private func readQueue() async throws {
    if let queueReadAt, .now - queueReadAt < .seconds(1) { return }
    let (executor, wakes, before, isFirst) = (executor, control.wakes, queue, !hasReadQueue)
    let read = { @Sendable in
      try await executor.onQueue(.read) { connection in
        let queue = try UpdateQueue(connection: connection).load(for: executor.terms.worker)
        return (queue, try isFirst && BookkeepingTables.knowsUnqueued(on: connection))
      }
    }
    let knowsUnqueued: Bool
    (queue, knowsUnqueued) = try await untilStop(read)
    (queueReadAt, hasReadQueue) = (.now, true)
    wakesBefore = wakes
    // Somebody has asked for another try of what this worker had parked.
    for entry in queue where entry.parkedReason == nil {
      if case .parked = circumstances.setAside[entry.name] { circumstances.setAside[entry.name] = nil }
    }
    let names = Set(queue.map(\.name))
    shelved = shelved.filter { names.contains($0.key) }
    if knowsUnqueued || before.contains(where: { $0.isSpokenOf && !names.contains($0.name) }) {
      try await forgetUnqueued()
    }
  }

  /// Sleeps, no longer than until something that was set aside is due again, and reads the queue anew.
  private func sleep(_ longest: Duration) async throws {
    let due = asideUntil.values.min().map { $0 - .now } ?? longest
    let duration = max(.milliseconds(1), min(longest, due))
    try await control.sleep(for: duration, unlessWokenSince: wakesBefore)
    queueReadAt = nil
    // Woken early, it may find that others have let go.
    for case (let name, .held) in circumstances.setAside {
      circumstances.setAside[name] = nil
      asideUntil[name] = nil
    }
  }

  /// So many pauses a hold lasts at least.
  private static let pausesOfHold = 3

  /// Holds last as long as such pauses before batches. Of workers that wait for longer than their holds last, each would find
  /// its own taken by another, and none would ever come to a batch.
  func outlast(_ pause: Duration) {
    executor.terms = LeaseTerms(
      worker: executor.terms.worker, duration: max(leastHold, pause * Self.pausesOfHold))
  }

  /// Whether a batch may start by the clock on the wall.
  var isWithinWindow: Bool { runner.options.windows.contains(runner.date()) }

  func setAside(_ name: String, for duration: Duration, _ reason: WaitReason) {
    circumstances.setAside[name] = reason
    asideUntil[name] = .now + duration
  }

  /// Lets go of the update that the worker is at; nobody has to wait for the hold to expire.
  func letGo() async {
    guard let active else { return }
    let name = active.name
    shelved[name] = active
    shelved[name]?.part = nil
    self.active = nil
    guard session.engine == .postgres else { return }
    let (terms, isShared, rate) = (executor.terms, active.work is any RangedWork, active.controller.rate)
    // Who holds a lock on the rows for longer keeps nobody from going on: another passes the ranges, and holds expire.
    let limit = min(executor.limits.lock, .seconds(1))
    await session.settle { connection in
      if isShared {
        // Nobody may come to cut the next range: what is done is to be seen in the queue.
        _ = try? connection.transaction(lockTimeout: limit) {
          _ = try RangeLeases(connection: $0, terms: terms).passDone(name, rate: rate)
        }
      }
      try connection.transaction(lockTimeout: limit) {
        try UpdateLeases(connection: $0, terms: terms).release(name)
      }
    }
  }

  /// While nothing can run, others may.
  private func rest() async {
    await letGo()
    turn.end()
    // Nobody looks any more.
    observer.update(health: .fine)
    var health = health
    await health.rest(session)
    self.health = health
  }

  private func leave() async {
    await letGo()
    turn.end()
    observer.update(health: .fine)
    await health.signOff(session)
  }
}
