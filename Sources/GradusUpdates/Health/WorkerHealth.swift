import Foundation
import Gradus
import GradusSQL

/// What one worker knows of the health of its database, and where it tells others.
struct WorkerHealth: Sendable {
  /// Sessions that waited behind the last batch of which somebody looked.
  var lockWaiters: Int?

  private let limits: HealthLimits
  private let interval: Duration
  private let lockTimeout: Duration
  private let latency: LatencyProbe?
  private let worker: String
  private let start = ContinuousClock.now
  private let startedAt = ProcessIdentity.now
  private var probe = HealthProbe()
  private var judge: HealthJudge
  private var verdict = HealthVerdict.fine
  private var checkedAt: ContinuousClock.Instant?
  private var countedAt: ContinuousClock.Instant?
  private var busy: [Bool] = []
  /// The update that others have been told that the worker is at.
  private var shown: String?

  /// How many batches the busy rate looks back, and how few it needs.
  private static let (busyWindow, busyMinimum) = (20, 5)

  init(_ options: UpdateOptions, latency: LatencyProbe?, worker: String) {
    limits = options.health
    interval = options.healthInterval
    // A batch comes after it, and so does a stop.
    lockTimeout = min(options.lockTimeout, .seconds(1))
    judge = HealthJudge(limits: options.health)
    self.latency = latency
    self.worker = worker
  }

  var isPausing: Bool { if case .pause = verdict { true } else { false } }
  var isSlowing: Bool { if case .slow = verdict { true } else { false } }

  /// Whether so many waiting sessions are too many.
  func isTooMany(_ waiters: Int?) -> Bool {
    guard let waiters, let limit = limits[.lockWaiters] else { return false }
    return Double(waiters) > limit
  }

  /// Whether the next batch should look who waits behind it: once a second.
  mutating func countsWaiters() -> Bool {
    guard limits[.lockWaiters] != nil else { return false }
    if let countedAt, .now - countedAt < .seconds(1) { return false }
    countedAt = .now
    return true
  }

  /// Whether a batch met a busy database.
  mutating func recordBusy(_ isBusy: Bool) {
    if busy.count == Self.busyWindow { busy.removeFirst() }
    busy.append(isBusy)
  }

  /// Reads the signals where that is due.
  ///
  /// - Returns: the verdict where it has changed, else nil.
  mutating func check(_ session: Session, update: String?) async throws -> HealthVerdict? {
    guard isDue else { return nil }
    let isFirst = checkedAt == nil
    checkedAt = .now
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    var readings: [HealthSignal: Double] = [:]
    if limits.needsDatabase {
      let probe = probe
      (self.probe, readings) = try await session.run { connection in
        var probe = probe
        let readings = try probe.read(connection, at: seconds)
        return (probe, readings)
      }
    }
    readings[.lockWaiters] = lockWaiters.map(Double.init)
    readings[.latency] = latency?.current
    if HealthSignal.busyRate.engines.contains(session.engine), busy.count >= Self.busyMinimum {
      readings[.busyRate] = Double(busy.count { $0 }) / Double(busy.count)
    }
    // Both are about batches that were; while none runs there is nothing new to learn.
    lockWaiters = nil
    let before = verdict
    verdict = judge.verdict(readings)
    if isPausing { busy = [] }
    if !isFirst {
      try await signOn(session, update: update, readings)
      shown = update
    }
    return before.state == verdict.state ? nil : verdict
  }

  private var isDue: Bool {
    guard let checkedAt else { return true }
    return isTooMany(lockWaiters) || .now - checkedAt >= (isPausing ? .seconds(1) : interval)
  }

  /// Writes what others may see of this worker.
  private func signOn(_ session: Session, update: String?, _ readings: [HealthSignal: Double]) async throws {
    let row = WorkerRow(
      worker: worker, startedAt: startedAt, seenAt: ProcessIdentity.now, update: update,
      state: verdict.state,
      health: HealthSignal.allCases.compactMap { signal in
        guard signal.engines.contains(session.engine), let value = readings[signal],
          let limit = limits[signal]
        else { return nil }
        return HealthReading(signal: signal, value: value, limit: limit)
      })
    let lockTimeout = lockTimeout
    try await session.run { connection in
      try connection.transaction(lockTimeout: lockTimeout) { try row.write($0) }
    }
  }

  /// Takes back what others have been told that the worker is at, while nothing can run.
  mutating func rest(_ session: Session) async {
    guard shown != nil else { return }
    shown = nil
    let worker = worker
    await session.settle { try WorkerRow.rest(worker, on: $0) }
  }

  func signOff(_ session: Session) async {
    let worker = worker
    await session.settle { try WorkerRow.delete(worker, on: $0) }
  }
}

extension HealthLimits {
  /// Whether any limit is on something that the database has to be asked for.
  fileprivate var needsDatabase: Bool {
    [HealthSignal.replicationLag, .walRate, .walSize].contains { self[$0] != nil }
  }
}
