import Gradus
import GradusSQL

/// Work that takes as long as it takes, outside a transaction: an index build.
extension UpdateWorker {
  /// Runs it to its end, while another connection reads how far it is and keeps the hold on it.
  ///
  /// A stop breaks it off: it may take hours, and by contract it is safe to run again.
  func runOutside(_ work: any UpdateWork) async throws {
    let (session, executor, gate, name) = (session, executor, executor.gate, work.name)
    guard try await control.untilStop({ try await executor.mayBegin(name) }) else {
      // Another worker has it, or an operator has halted it: the queue says which.
      await letGo()
      queueReadAt = nil
      return
    }
    let process =
      session.engine == .postgres
      ? try await session.run { try $0.queryRow("SELECT pg_backend_pid()")?.integer(0) } : nil
    let start = ContinuousClock.now
    try await control.untilStop {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await session.run { connection in
            try gate.check(connection)
            _ = try work.runBatch("{}", size: 1, on: connection)
          }
        }
        if let process { group.addTask { try await self.watch(work, process) } }
        defer { group.cancelAll() }
        // The first to end is the work; the watch ends by itself only with an error.
        try await group.next()
      }
    }
    let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
    try await end(executor.finishOutside(work, milliseconds: milliseconds))
  }

  private func watch(_ work: any UpdateWork, _ process: Int64) async throws {
    guard let driver = runner.database?.driver else {
      return try await Task.sleep(for: .seconds(1_000_000_000))
    }
    let (terms, name) = (executor.terms, work.name)
    var monitor: Session?
    while true {
      try await Task.sleep(for: .seconds(1))
      // A connection that cannot be had, or breaks, is no reason to break the work off.
      if monitor == nil { monitor = try? await Session.open(driver) }
      guard let session = monitor else { continue }
      do {
        let progress = try await session.run { connection in
          try UpdateLeases(connection: connection, terms: terms).renew(name)
          return try IndexProgress.read(process: process, connection)
        }
        if let progress { reportIndex(progress) }
      } catch {
        try Task.checkCancellation()
        monitor = nil
      }
    }
  }

  private func reportIndex(_ progress: IndexProgress) {
    guard var update = active else { return }
    // Each phase counts something else.
    if update.phase != progress.phase { update.estimator = ProgressEstimator() }
    update.phase = progress.phase
    update.estimator.record(scanned: progress.done, remaining: progress.remaining, at: observer.seconds)
    active = update
    observer.report(
      .progress(
        UpdateProgressReport(
          name: update.name, scanned: progress.done, written: 0, remaining: progress.remaining,
          isComplete: false,
          rate: update.estimator.rate, eta: update.estimator.eta, phase: progress.phase)))
  }
}
