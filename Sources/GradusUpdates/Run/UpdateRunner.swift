import Gradus
public import GradusSQL

/// Runs the queued updates of one database, batch by batch, until nothing more can run.
///
/// Several runners may work on one database: each batch locks its update's row, so that they take turns.
public struct UpdateRunner: Sendable {
  private let session: Session
  private let registry: UpdateRegistry
  private let options: BatchOptions
  private let report: @Sendable (UpdateEvent) -> Void

  /// - Parameters:
  ///   - session: a session of the database.
  ///   - registry: the updates that can be run.
  ///   - options: how batches are sized and spaced.
  ///   - report: told what happens.
  public init(
    session: Session, registry: UpdateRegistry, options: BatchOptions = BatchOptions(),
    report: @escaping @Sendable (UpdateEvent) -> Void = { _ in }
  ) {
    self.session = session
    self.registry = registry
    self.options = options
    self.report = report
  }

  /// What a run came to.
  public struct Summary: Sendable {
    /// The updates that were completed, in order.
    public var completed: [String] = []
    /// The updates that remain, each with the reason.
    public var waiting: [String: String] = [:]
  }

  /// Runs until the queue is empty or all that remains is parked or waits for something parked.
  ///
  /// - Parameter wanted: the updates to run, with what they depend on; nil for all.
  /// - Returns: what was completed and what remains.
  /// - Throws: `SQLError` where the database cannot be used at all; `CancellationError`. A failing update does not
  ///   throw: it is parked, and the others run on.
  public func run(_ wanted: Set<String>? = nil) async throws -> Summary {
    try await session.run { try BookkeepingTables.ensure($0) }
    let scheduler = UpdateScheduler(dependencies: registry.dependencies, known: registry.names)
    var summary = Summary()
    var parked: [String: String] = [:]
    while true {
      let queue = try await session.run { try UpdateQueue(connection: $0).load() }
      switch scheduler.next(queue, parked: parked, wanted: wanted) {
      case .run(let name):
        guard let work = registry.work(for: name) else {
          preconditionFailure("the scheduler runs known updates only")
        }
        switch try await finish(work) {
        case .completed: summary.completed.append(name)
        case .gone: break
        case .failed(let error):
          parked[name] = error
          report(.parked(name: name, reason: error))
        }
      case .stuck(let waiting):
        summary.waiting = waiting
        return summary
      case .finished: return summary
      }
    }
  }

  private enum Outcome: Sendable {
    case completed
    case gone
    case failed(String)
  }

  /// Runs one update to its end.
  private func finish(_ work: any UpdateWork) async throws -> Outcome {
    var controller = BatchController(options)
    var remaining = RemainingRows()
    var failures = 0
    while true {
      try Task.checkCancellation()
      let size = controller.size
      do {
        let start = ContinuousClock.now
        guard let batch = try await runBatch(work, size: size) else { return .gone }
        let milliseconds = Double(milliseconds: .now - start)
        failures = 0
        controller.record(size: size, scanned: batch.scanned, milliseconds: milliseconds)
        report(.batch(await batch.report(work, &remaining, session)))
        if batch.isComplete {
          report(.completed(name: work.name, batch.statistics))
          return .completed
        }
      } catch {
        if Task.isCancelled { throw CancellationError() }
        if let error = error as? SQLError {
          if error.code == .connectionLost { throw error }
          if error.code.isTransient || error.code == .statementTimeout {
            controller.recordConflict(size: size)
          }
        }
        failures += 1
        guard failures < options.attempts else { return .failed("\(error)") }
        report(.failed(name: work.name, error: "\(error)", attempt: failures))
        try await Task.sleep(for: .milliseconds(50 << failures))
        continue
      }
      if options.pause > .zero { try await Task.sleep(for: options.pause) }
    }
  }

  private struct Batch: Sendable {
    var scanned: Int
    /// Where the next batch goes on; nil where the update is complete.
    var next: String?
    var statistics: UpdateStatistics

    var isComplete: Bool { next == nil }

    func report(
      _ work: any UpdateWork, _ remaining: inout RemainingRows, _ session: Session
    ) async -> UpdateProgressReport {
      var rows: Int? = 0
      if let next {
        rows = await remaining.estimate(work, at: next, scanned: statistics.scanned, on: session)
      }
      return UpdateProgressReport(
        name: work.name, scanned: statistics.scanned, written: statistics.written, remaining: rows,
        isComplete: isComplete)
    }
  }

  /// One batch and its progress in one transaction; nil where another runner has completed the update.
  private func runBatch(_ work: any UpdateWork, size: Int) async throws -> Batch? {
    if work.isOutsideTransaction {
      _ = try await session.run { try work.runBatch("{}", size: size, on: $0) }
      return try await session.transaction { connection in
        let queue = UpdateQueue(connection: connection)
        guard var (_, statistics) = try queue.lock(work.name) else { return nil }
        statistics.add(scanned: 1, written: 1, skipped: [:], milliseconds: 0)
        try queue.save(work.name, next: nil, statistics)
        return Batch(scanned: 1, next: nil, statistics: statistics)
      }
    }
    return try await session.transaction { connection in
      if work.isolation == .snapshot, connection.engine == .postgres {
        try connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
      }
      let queue = UpdateQueue(connection: connection)
      guard let (progress, before) = try queue.lock(work.name) else { return nil }
      var statistics = before
      let start = ContinuousClock.now
      let result = try work.runBatch(progress, size: size, on: connection)
      if let next = result.next, next == progress, result.scanned == 0, result.written == 0 {
        throw UpdateFailure.noProgress(update: work.name)
      }
      statistics.add(
        scanned: result.scanned, written: result.written, skipped: result.skipped,
        milliseconds: Double(milliseconds: .now - start))
      try queue.save(work.name, next: result.next, statistics)
      return Batch(scanned: result.scanned, next: result.next, statistics: statistics)
    }
  }
}

extension Double {
  /// A duration in milliseconds.
  package init(milliseconds duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = Double(seconds) * 1000 + Double(attoseconds) / 1e15
  }
}
