import Gradus
import GradusSQL

/// Taking an update up and running its batches.
extension UpdateWorker {
  /// One iteration of an update: what the queue's decision asks for.
  func iterate(_ name: String) async throws {
    guard try takeTurn() else { return }
    do {
      guard try await takeUp(name) else { return }
      guard try await isHealthy() else { return }
      try await runBatch()
    } catch {
      try await fail(name, error)
    }
  }

  /// On SQLite, one runner at a time.
  private func takeTurn() throws -> Bool {
    guard let holder = try turn.begin() else { return true }
    // One that has failed in this run stays set aside for that.
    for entry in queue where circumstances.setAside[entry.name] == nil {
      setAside(entry.name, for: .milliseconds(500), .held(by: holder))
    }
    return false
  }

  /// How long an update is left alone whose taking up has met a lock: waiting for it keeps the worker from others.
  private static let lockedDelay = Duration.seconds(5)

  /// Makes this the update that the worker is at, with a hold on it or on a range of it; false where others have it.
  private func takeUp(_ name: String) async throws -> Bool {
    do {
      return try await hasTakenUp(name)
    } catch let error as SQLError where error.code == .lockTimeout && session.engine == .postgres {
      // On SQLite there is one lock, for all that write, and it is soon to be had.
      setAside(name, for: Self.lockedDelay, .locked)
      return false
    }
  }

  private func hasTakenUp(_ name: String) async throws -> Bool {
    if active?.name != name {
      await letGo()
      // Whoever asks for parked updates asks no second time for one that it has parked itself: another worker that asks as
      // well would take its turn after each try, and so on without an end.
      if parked.contains(name), let reason = queue.first(where: { $0.name == name })?.parkedReason {
        circumstances.setAside[name] = .parked(reason)
        return false
      }
      guard let work = runner.registry.work(for: name) else {
        preconditionFailure("the scheduler runs known updates only")
      }
      guard try await !work.needsDirectAddress(session) else {
        circumstances.setAside[name] = .needsDirectAddress
        return false
      }
      // Before there is a hold: where this fails, nobody would let go of it.
      let statistics =
        shelved[name] == nil
        ? try await session.run { try UpdateQueue(connection: $0).statistics(name) } : nil
      guard try await acquire(work) else { return false }
      if let shelved = shelved[name] {
        active = shelved
      } else {
        active = ActiveUpdate(
          work: work,
          controller: BatchController(
            maxSize: runner.options.batches.maxBatchSize, resuming: statistics?.rate))
        reportedReasons = [:]
        observer.report(.started(name: name, isResumed: statistics != nil))
      }
    }
    guard let ranged = active?.work as? any RangedWork, session.engine == .postgres, active?.part == nil
    else {
      return true
    }
    return try await claimRange(of: ranged)
  }

  /// A transaction on the queue and the leases, within a stop's reach.
  private func onQueue<R: Sendable>(_ body: @escaping @Sendable (Connection) throws -> R) async throws -> R {
    let executor = executor
    return try await control.untilStop { try await executor.onQueue(.write, body) }
  }

  /// Takes the hold on a whole update, where it takes one. Who asked for it by name has asked for another try of a parked one,
  /// whose batches would not run: that is one with the hold, as nobody lets go of what is not taken up.
  private func acquire(_ work: any UpdateWork) async throws -> Bool {
    let (name, terms, retries) = (work.name, executor.terms, circumstances.triesParked)
    let preempts = runner.preempts && !work.isOutsideTransaction
    let isHeld = session.engine == .postgres && !(work is any RangedWork)
    guard isHeld || retries else { return true }
    let acquisition = try await onQueue { connection in
      let acquisition =
        try isHeld
        ? UpdateLeases(connection: connection, terms: terms).acquire(name, preempts: preempts)
        : UpdateLeases.Acquisition.acquired(takenOverFrom: nil)
      if retries, case .acquired = acquisition { try QueueControls(connection).retry(name) }
      return acquisition
    }
    switch acquisition {
    case .held(let holder):
      setAside(work.name, for: .seconds(1), .held(by: holder))
      return false
    case .acquired(let previous):
      if let previous { observer.report(.takenOver(name: work.name, from: previous)) }
      return true
    }
  }

  /// Batches a range should have: enough that cutting costs little, few enough that the last ones are shared out.
  private static let batchesPerRange = 4

  private func claimRange(of work: any RangedWork) async throws -> Bool {
    // The application's own, where it decides: of ranges for shorter batches no batch would take as long as it wants.
    let target = active?.target ?? Double(runner.options.batches.targetDuration.milliseconds)
    let batch = try await nextSize(target: target)
    let (terms, rows, rate) = (executor.terms, batch * Self.batchesPerRange, active?.controller.rate)
    let claim = try await onQueue {
      try RangeLeases(connection: $0, terms: terms).claim(work, rows: rows, rate: rate)
    }
    switch claim {
    case .range(let part, let previous):
      active?.part = part
      if let previous { observer.report(.takenOver(name: work.name, from: previous)) }
      return true
    case .held(let holder):
      setAside(work.name, for: .milliseconds(500), .held(by: holder))
      return false
    case .exhausted(let progress, let rowVersion):
      try await end(executor.finish(work, at: progress, rowVersion))
      return false
    case .unavailable:
      queueReadAt = nil
      return false
    }
  }

  private func isHealthy() async throws -> Bool {
    var health = health
    let couldNot = health.failure != nil
    let change = try await health.check(session, update: active?.name)
    if let change { observer.report(.health(change)) }
    // Once: it may be so for as long as the worker runs.
    if let failure = health.failure, !couldNot {
      observer.note(failure, "the database's health cannot be read, or not be told to others")
    }
    self.health = health
    observer.update(health: health.verdict)
    if health.isPausing { try await control.sleep(for: .seconds(1)) }
    return !health.isPausing
  }

  private func nextSize(target: Double) async throws -> Int {
    guard let active else { return 1 }
    let sizes = try await pacer.sizes(of: active.name)
    return active.controller.size(milliseconds: target, defaultSize: sizes.default, minSize: sizes.min)
  }

  /// A batch within the scope that the application or the options give it.
  private func runBatch() async throws {
    guard let work = active?.work else { return }
    let scope = pacer.scope(of: work, minPause: health.isSlowing ? active!.lastDuration : .zero)
    let asked = ContinuousClock.now
    let wanted = Double(max(1, try await scope.enter()))
    outlast(ContinuousClock.now - asked)
    do {
      if try await mayStart(work) {
        let target = wanted * (health.isSlowing ? 0.5 : 1)
        active?.target = target
        if work.isOutsideTransaction { try await runOutside(work) } else { try await runBatch(work, target) }
      }
      await scope.leave()
    } catch {
      await scope.leave()
      throw error
    }
  }

  /// Whether what was decided before the scope was entered still holds: the application may have let it wait for hours.
  private func mayStart(_ work: any UpdateWork) async throws -> Bool {
    guard !control.isStopping, !control.isPaused(work.name), isWithinWindow else { return false }
    return try await isHealthy()
  }

  private func runBatch(_ work: any UpdateWork, _ target: Double) async throws {
    let size = try await nextSize(target: target)
    guard let before = active else { return }
    let start = ContinuousClock.now
    let countsWaiters = health.countsWaiters()
    var run: BatchRun
    do {
      if let part = before.part, let ranged = work as? any RangedWork {
        (run, active!.controller) = try await executor.run(
          ranged, part: part, size: size, controller: before.controller, target: target,
          countsWaiters: countsWaiters)
      } else {
        (run, active!.controller) = try await executor.run(
          work, size: size, controller: before.controller, target: target, countsWaiters: countsWaiters)
      }
    } catch  where error.sqlError?.isConflict ?? false {
      active?.controller.recordConflict(size: size)
      health.recordBusy(true)
      throw error
    }
    let duration = ContinuousClock.now - start
    health.recordBusy(run.wasBusy)
    if let waiters = run.lockWaiters { health.lockWaiters = waiters }
    if health.isTooMany(run.lockWaiters) { active?.controller.recordConflict(size: size) }
    active?.lastDuration = duration
    try await end(run, size: size, duration)
  }

  /// Reports a batch and does what follows from it.
  private func end(_ run: BatchRun, size: Int, _ duration: Duration) async throws {
    if case .unavailable = run.end {
      // Another worker has it, or an operator has halted it: the queue says which.
      await letGo()
      queueReadAt = nil
      return
    }
    guard var update = active else { return }
    update.snapshot.add(run.count)
    if case .completed(let certificate) = run.end {
      update.snapshot.end(certificate)
    } else {
      await update.snapshot.refresh(update.work, on: session)
    }
    update.estimator.record(
      scanned: update.snapshot.scanned, remaining: update.snapshot.remaining, at: observer.seconds)
    active = update
    observer.report(
      .batch(
        update.report(isComplete: run.isComplete),
        BatchReport(size: size, scanned: run.count.scanned, written: run.count.written, duration: duration)))
    if case .next(let next) = run.end {
      try check(update.name, next: next, written: run.count.written, remaining: update.snapshot.remaining)
    }
    if case .exhausted(let progress, let rowVersion) = run.end {
      let finished = try await executor.finish(update.work, at: progress, rowVersion)
      // Sent back to rows that it has passed, it will be where it was before.
      if case .next(let next) = finished, next != progress { active?.progressGuard = ProgressGuard() }
      if case .next(progress) = finished {
        try check(update.name, next: progress, written: 0, remaining: update.snapshot.remaining)
      }
      try await end(finished)
    } else {
      try await end(run.end)
    }
    failures[update.name] = nil
  }

  private func check(_ name: String, next: String, written: Int, remaining: Int?) throws {
    switch active?.progressGuard.record(next: next, written: written, remaining: remaining) ?? .fine {
    case .fine: break
    case .goesRound: throw UpdateFailure.noProgress(update: name)
    case .stalls: observer.report(.stalled(name: name, remaining: remaining ?? 0))
    }
  }

  /// What follows from how a batch ended, apart from its numbers.
  func end(_ end: BatchRun.End) async throws {
    if end != .unavailable, end != .verifiedByAnother { reportedReasons = [:] }
    switch end {
    case .next, .exhausted: break
    case .rangeDone: active?.part = nil
    case .unavailable: queueReadAt = nil
    case .verifiedByAnother:
      if let name = active?.name { setAside(name, for: .seconds(1), .held(by: "another worker")) }
    case .completed(let certificate):
      active = nil
      queue.removeAll { $0.name == certificate.name }
      queueReadAt = nil
      failures[certificate.name] = nil
      shelved[certificate.name] = nil
      summary.completed.append(certificate.name)
      observer.report(.completed(certificate))
      // What waits for it may run at once, by whichever worker of this process.
      control.wake()
    }
  }

  /// What follows from a failure: another try later, or none.
  private func fail(_ name: String, _ error: any Error) async throws {
    // One that the application's code throws by itself is a failure like any other.
    if Task.isCancelled { throw CancellationError() }
    // Nothing of this version may run here any more, and the application must not go on.
    if let error = error as? GradusError, error.code == .databaseTooNew { throw error }
    let sqlError = error.sqlError
    if let sqlError, isOutage(sqlError) { throw sqlError }
    // So may the application's own code end at a stop, without anything being wrong with the update.
    if control.isStopping, error is CancellationError || sqlError?.code == .cancelled { return }
    let text = "\((error as? ScriptError)?.error ?? error)"
    let count = (failures[name] ?? 0) + 1
    failures[name] = count
    switch policy.response(failures: count, isTransient: sqlError?.mayGoByItself ?? false) {
    case .retry(let delay):
      setAside(name, for: delay, .backingOff(text))
      observer.report(.failed(name: name, error: text, attempt: count, retryAfter: delay))
    case .giveUp:
      if let sqlError { observer.note(sqlError, "'\(name)' is left for the rest of this run") }
      circumstances.setAside[name] = .failed(text)
      await letGo()
    case .park:
      await letGo()
      try await park(name, text, attempt: count - policy.attempts + 1)
    }
  }

  /// Sets an update aside for all. Where that cannot be written now, the update is tried again, fails again, and is
  /// parked then.
  ///
  /// - Parameter attempt: how often in a row this is tried.
  private func park(_ name: String, _ reason: String, attempt: Int) async throws {
    do {
      try await executor.onQueue { try QueueControls($0).park(name, reason: reason) }
    } catch let error as SQLError where mayPass(error) {
      observer.note(error, "an update cannot be parked; trying again")
      if case .retry(let delay) = policy.response(failures: attempt, isTransient: true) {
        setAside(name, for: delay, .backingOff(reason))
      } else {
        circumstances.setAside[name] = .failed(reason)
      }
      return
    }
    failures[name] = nil
    parked.insert(name)
    // Who asked for it although it was parked must not ask for ever.
    if circumstances.triesParked { circumstances.setAside[name] = .parked(reason) }
    queueReadAt = nil
    observer.report(.parked(name: name, reason: reason))
  }

  /// Whether an error outside a batch may go by itself, and is nothing that a new connection is needed for. An operator may
  /// have cancelled the statement, as one that waited for a lock: that is not to end the run, and an application with it.
  func mayPass(_ error: SQLError) -> Bool {
    (error.mayGoByItself || error.code == .cancelled && !Task.isCancelled) && !isOutage(error)
  }

  /// Whether the database is to blame, and not the update. A server of PostgreSQL on which nothing can be written is a
  /// standby, or kept read-only by an operator.
  private func isOutage(_ error: SQLError) -> Bool {
    [.connectionLost, .cannotConnect].contains(error.code)
      || (error.code == .readOnly && session.engine == .postgres)
  }
}

extension SQLError {
  /// Whether the batch may succeed when it is smaller or later.
  fileprivate var isConflict: Bool { code.isTransient || code == .statementTimeout || isOfMemory }

  /// Whether there was not enough memory: of the server, which others use as well, or of this process for SQLite (its code 7).
  private var isOfMemory: Bool { sqlState == "53200" || extendedCode.map { $0 & 0xFF } == 7 }

  /// Whether the update is not to blame: once the disk has space again, say, or the role has its rights, it runs without
  /// anybody asking for it.
  fileprivate var mayGoByItself: Bool { isConflict || code.isOfSurroundings || lacksRight }

  /// Whether another role, or the same with more rights, may do it: what SQLite denies it denies everybody.
  private var lacksRight: Bool { code == .permissionDenied && extendedCode == nil }
}
