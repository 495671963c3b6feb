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
  private let now: @Sendable () -> ContinuousClock.Instant
  private let start: ContinuousClock.Instant
  private let startedAt = ProcessIdentity.now
  private var probe = HealthProbe()
  private var judge: HealthJudge
  private(set) var verdict = HealthVerdict.fine
  private var checkedAt: ContinuousClock.Instant?
  private var countedAt: ContinuousClock.Instant?
  private var busy: [Bool] = []
  /// The update that others have been told that the worker is at.
  private var shown: String?
  /// When others were told of the worker last.
  private var shownAt: ContinuousClock.Instant?
  /// Why the signals could not be read, or others not be told of the worker, when that was tried last; nil where they could.
  private(set) var failure: SQLError?

  /// How many batches the busy rate looks back, and how few it needs.
  private static let (busyWindow, busyMinimum) = (20, 5)
  /// How often others are told of a worker where there is nothing new, at most: one that pauses as the log is too large, or a
  /// replica too far behind, must not write each time it looks.
  private static let showInterval = Duration.seconds(5)

  /// - Parameters:
  ///   - options: the limits, and how often they are looked at.
  ///   - latency: fed by the application.
  ///   - worker: the worker's identity.
  ///   - now: tells the time.
  init(
    _ options: UpdateOptions, latency: LatencyProbe?, worker: String,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    limits = options.health
    interval = options.healthInterval
    // A batch comes after it, and so does a stop.
    lockTimeout = min(options.lockTimeout, .seconds(1))
    judge = HealthJudge(limits: options.health)
    self.latency = latency
    self.worker = worker
    self.now = now
    start = now()
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
    let now = self.now()
    if let countedAt, now - countedAt < .seconds(1) { return false }
    countedAt = now
    return true
  }

  /// Whether a batch met a busy database.
  mutating func recordBusy(_ isBusy: Bool) {
    if busy.count == Self.busyWindow { busy.removeFirst() }
    busy.append(isBusy)
  }

  /// Reads the signals where that is due, and tells others. Health is advice: that it cannot be asked for, which `failure` then
  /// tells, is no failure of the update.
  ///
  /// - Returns: the verdict where it has changed, else nil.
  /// - Throws: `SQLError` where the connection is lost or the task was cancelled.
  mutating func check(_ session: Session, update: String?) async throws -> HealthVerdict? {
    guard isDue else { return nil }
    let isFirst = checkedAt == nil
    let now = self.now()
    checkedAt = now
    failure = nil
    let seconds = (now - start) / .seconds(1)
    var readings: [HealthSignal: Double] = [:]
    if limits.needsDatabase {
      let probe = probe
      do {
        (self.probe, readings) = try await session.run { connection in
          var probe = probe
          let readings = try probe.read(connection, at: seconds)
          return (probe, readings)
        }
      } catch let error as SQLError where !error.endsWork {
        // Without readings: a pause for what was read last would have no end.
        failure = error
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
    let isNews = before.state != verdict.state || update != shown
    if !isFirst, isNews || shownAt.map({ now - $0 >= min(interval, Self.showInterval) }) ?? true {
      do {
        try await signOn(session, update: update, readings)
        (shown, shownAt) = (update, now)
      } catch let error as SQLError where !error.endsWork {
        failure = failure ?? error
      }
    }
    return before.state == verdict.state ? nil : verdict
  }

  private var isDue: Bool {
    guard let checkedAt else { return true }
    return isTooMany(lockWaiters) || now() - checkedAt >= (isPausing ? .seconds(1) : interval)
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

extension SQLError {
  /// Whether nothing further can be done with the connection, or is wanted.
  fileprivate var endsWork: Bool { code == .connectionLost || code == .cancelled }
}

extension HealthLimits {
  /// Whether any limit is on something that the database has to be asked for.
  fileprivate var needsDatabase: Bool {
    [HealthSignal.replicationLag, .walRate, .walSize].contains { self[$0] != nil }
  }
}
