import Gradus
import GradusSQL

/// Runs single batches, each in one transaction with its progress.
struct BatchExecutor: Sendable {
  let session: Session
  var terms: LeaseTerms
  let limits: TransactionLimits
  /// The application's schema version, for certificates and the gate.
  let version: Int?
  /// Whose stop breaks off what takes long.
  var control = RunControl()

  /// What keeps a version that is shut out from running any batch.
  var gate: CompatGate { CompatGate(version: version) }

  /// A transaction on the queue and the leases alone. It waits for locks no longer than a batch does: a session that
  /// keeps their rows locked must not freeze a worker.
  func onQueue<R: Sendable>(
    _ mode: TransactionMode = .write, _ body: @Sendable (Connection) throws -> R
  ) async throws -> R {
    try await session.run { try $0.transaction(mode, lockTimeout: limits.lock, body) }
  }

  /// One batch of a whole update.
  ///
  /// - Parameters:
  ///   - work: the update.
  ///   - size: how many rows to look at.
  ///   - controller: gets the measured batch, so that what it learnt is saved with it.
  ///   - countsWaiters: whether to look who waits behind the batch.
  func run(
    _ work: any UpdateWork, size: Int, controller: BatchController, target: Double, countsWaiters: Bool
  )
    async throws -> (BatchRun, BatchController)
  {
    let asked = ContinuousClock.now
    return try await transaction(for: work) { connection in
      let wasBusy = Self.isBusy(since: asked)
      if work.isolation == .snapshot, connection.engine == .postgres {
        try connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
      }
      let queue = UpdateQueue(connection: connection)
      guard let locked = try queue.lock(work.name, worker: terms.worker, limits: limits), !locked.isHalted,
        !locked.isLost
      else { return (.unavailable, controller) }
      try gate.check(locked.compat)
      var controller = controller
      let (next, count) = try measure(work, after: locked.progress, size, &controller, target) {
        try SessionSettings.keepingPlace(connection, where: work.mayChangeSettings) {
          try work.runBatch(locked.progress, size: size, on: connection)
        }
      }
      var statistics = locked.statistics
      statistics.startedAt = statistics.startedAt ?? ProcessIdentity.now
      statistics.done.add(count)
      statistics.rate = controller.rate
      var run = BatchRun(count: count, end: .unavailable, wasBusy: wasBusy)
      if let next {
        try gate.check(queue.save(work.name, next: next, statistics, lease: terms))
        run.end = .next(next)
      } else {
        try gate.check(connection)
        if try !work.verifiesApart && !GuardedUpdate.exists(work.name, on: connection) {
          run.end = .completed(try complete(work, locked.progress, statistics, on: connection))
        } else {
          try queue.save(work.name, statistics, keepsVersion: true)
          run.end = .exhausted(progress: locked.progress, rowVersion: try queue.rowVersion(work.name))
        }
      }
      if countsWaiters { run.lockWaiters = try HealthProbe.lockWaiters(connection) }
      return (run, controller)
    }
  }

  /// One batch of a range.
  func run(
    _ work: any RangedWork, part: Int64, size: Int, controller: BatchController, target: Double,
    countsWaiters: Bool
  ) async throws -> (BatchRun, BatchController) {
    try await session.transaction { connection in
      let leases = RangeLeases(connection: connection, terms: terms)
      guard let locked = try leases.lock(work.name, part, limits: limits), !locked.isHalted else {
        return (.unavailable, controller)
      }
      try gate.check(locked.compat)
      var controller = controller
      let (next, count) = try measure(work, after: locked.progress, size, &controller, target) {
        try work.runBatch(locked.progress, upTo: locked.end, size: size, on: connection)
      }
      var (run, total) = (BatchRun(count: count, end: .rangeDone), locked.count)
      total.add(count)
      // Compared by bytes, as the database does: to Swift, keys that differ may be the same text.
      if let next, !next.hasSameBytes(as: locked.end) {
        try gate.check(leases.save(work.name, part, next: next, total, scanned: count.scanned))
        run.end = .next(next)
      } else {
        try gate.check(leases.finish(work.name, part, total))
      }
      if countsWaiters { run.lockWaiters = try HealthProbe.lockWaiters(connection) }
      return (run, controller)
    }
  }

  /// Ends an update that had nothing left to do at `progress`, or sends it round again.
  ///
  /// What it verifies may take as long as a scan: a stop breaks it off, and the next run begins it anew. For the same reason
  /// it is read outside the transaction that ends the update; that transaction then makes sure that nothing moved meanwhile.
  /// Whoever has it by then, as a hold may run out before what is verified is read: were it for them to end it, two workers
  /// could take it from each other for ever.
  ///
  /// - Parameters:
  ///   - progress: where it stands.
  ///   - rowVersion: of the queue's row, when nothing was found left to do.
  func finish(
    _ work: any UpdateWork, at progress: String, _ rowVersion: String?
  ) async throws -> BatchRun.End {
    try await control.untilStop {
      try await session.run { connection in
        try VerificationLock.trying(work.name, on: connection, patience: terms.duration) {
          let found = try verify(work, progress, on: connection)
          return try connection.transaction { try end(work, at: progress, rowVersion, found, on: $0) }
        } ?? .verifiedByAnother
      }
    }
  }

  /// Ends an update that was verified, unless it was moved since.
  private func end(
    _ work: any UpdateWork, at progress: String, _ rowVersion: String?, _ found: Verification,
    on connection: Connection
  ) throws -> BatchRun.End {
    let queue = UpdateQueue(connection: connection)
    guard let locked = try queue.lock(work.name, worker: terms.worker, limits: limits), !locked.isHalted,
      locked.progress == progress,
      // A purge that came since counts on the update to go on from where it stands.
      try queue.rowVersion(work.name) == rowVersion,
      // Ranges that are left of a release in which workers could share it are part of what was walked through as a whole.
      try !(work is any RangedWork) || RangeLeases.remainingParts(work.name, on: connection) == 0
    else { return .unavailable }
    try gate.check(connection)
    switch found {
    // Before what guards have left: a mark amid the next phase would have the way there left out.
    case .rowsLeft(let next):
      try queue.save(work.name, next: next)
      return .next(next)
    case .passed(let verified):
      if let next = try GuardedUpdate.progressLeft(work.name, at: progress, on: connection) {
        try queue.save(work.name, next: next)
        return .next(next)
      }
      return .completed(
        try queue.complete(work.name, locked.statistics, verified: verified, version: version))
    }
  }

  /// No smaller batch would keep it within a limit to the application's statements. A pooler would hand the setting on to
  /// others.
  private func verify(
    _ work: any UpdateWork, _ progress: String, on connection: Connection
  ) throws -> Verification {
    guard connection.engine == .postgres, try connection.keepsServerProcess() else {
      return try work.verify(progress, on: connection)
    }
    return try connection.withoutLimits(["statement_timeout"]) { try work.verify(progress, on: connection) }
  }

  /// Whether work outside a transaction may begin: it is queued still, nobody has halted it and no other worker has taken it
  /// over. A batch sees to that in its own transaction.
  func mayBegin(_ name: String) async throws -> Bool {
    try await onQueue { connection in
      let locked = try UpdateQueue(connection: connection).lock(name, worker: terms.worker, limits: limits)
      return locked.map { !$0.isHalted && !$0.isLost } ?? false
    }
  }

  /// Ends an update whose work is done outside a transaction.
  func finishOutside(_ work: any UpdateWork, milliseconds: Double) async throws -> BatchRun.End {
    try await session.transaction { connection in
      let queue = UpdateQueue(connection: connection)
      guard let locked = try queue.lock(work.name, worker: terms.worker, limits: limits) else {
        return .unavailable
      }
      var statistics = locked.statistics
      statistics.startedAt = statistics.startedAt ?? ProcessIdentity.now - Int64(milliseconds)
      statistics.done.add(BatchCount(scanned: 1, written: 1, milliseconds: milliseconds))
      return .completed(try complete(work, locked.progress, statistics, on: connection))
    }
  }

  private func transaction<R: Sendable>(
    for work: any UpdateWork, _ body: @escaping @Sendable (Connection) throws -> R
  ) async throws -> R {
    let run = { @Sendable in
      try await session.run { connection in
        try SessionSettings.keeping(connection, where: work.mayChangeSettings) {
          try connection.transaction(.write, body)
        }
      }
    }
    return try await work.isBrokenOffByStop ? control.untilStop(run) : run()
  }

  /// Whether beginning the transaction took long enough that somebody must have been in the way. SQLite only: on
  /// PostgreSQL nothing is in the way of BEGIN.
  private static func isBusy(since asked: ContinuousClock.Instant) -> Bool {
    ContinuousClock.now - asked > .milliseconds(50)
  }

  private func complete(
    _ work: any UpdateWork, _ progress: String, _ statistics: UpdateStatistics, on connection: Connection
  ) throws -> UpdateCertificate {
    guard case .passed(let verified) = try work.verify(progress, on: connection) else {
      preconditionFailure("only work that is verified apart may find rows left")
    }
    return try UpdateQueue(connection: connection).complete(
      work.name, statistics, verified: verified, version: version)
  }

  /// Runs a batch's work and tells the controller how long it took.
  ///
  /// - Returns: where the next batch goes on, and what this one came to.
  /// - Throws: what the work throws; `UpdateFailure.noProgress` where it looked at nothing and stands where it stood: it
  ///   would stand there for ever.
  private func measure(
    _ work: any UpdateWork, after progress: String, _ size: Int, _ controller: inout BatchController,
    _ target: Double, _ batch: () throws -> BatchResult<String>
  ) throws -> (next: String?, BatchCount) {
    let start = ContinuousClock.now
    let result = try batch()
    // A handler may tell any number.
    func number(_ told: Int) -> Int { BatchCount.number(Int64(told)) }
    let count = BatchCount(
      scanned: number(result.scanned), written: number(result.written),
      skipped: result.skipped.mapValues(number),
      milliseconds: (ContinuousClock.now - start) / .milliseconds(1))
    if result.next == progress, count.written == 0, count.scanned == 0 {
      throw UpdateFailure.noProgress(update: work.name)
    }
    controller.record(size: size, scanned: count.scanned, milliseconds: count.milliseconds, target: target)
    return (result.next, count)
  }
}
