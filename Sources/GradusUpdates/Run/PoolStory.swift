import Gradus

/// What a pool has reported so far. Pure.
struct PoolStory {
  /// The workers that have nothing to do.
  private var waiting: Set<Int> = []
  /// The workers without a connection.
  private var disconnected: Set<Int> = []
  /// The workers that have left the work to the others.
  private var gone: Set<Int> = []
  /// How far each update is, as was reported last.
  private var reported: [String: UpdateProgressReport] = [:]
  /// The rows that each worker has told of an update last: fewer than that are of an update that has begun anew.
  private var told: [String: [Int: Int]] = [:]
  private var completed: Set<String> = []

  /// The event as the pool reports it; nil where it is no news.
  mutating func filtered(_ event: UpdateEvent, from worker: Int, of workers: Int) -> UpdateEvent? {
    if case .waiting = event {
      waiting.insert(worker)
      return waiting.union(gone).count == workers ? event : nil
    }
    waiting.remove(worker)
    switch event {
    case .disconnected:
      defer { disconnected.insert(worker) }
      return disconnected.isEmpty ? event : nil
    case .reconnected:
      disconnected.remove(worker)
      return disconnected.isEmpty ? event : nil
    case .completed(let certificate):
      reported[certificate.name] = nil
      told[certificate.name] = nil
      completed.insert(certificate.name)
    // It is queued again.
    case .started(let name, _): completed.remove(name)
    // A batch that was committed before the end and is told after it.
    case .batch(let progress, _) where completed.contains(progress.name): return nil
    case .batch(var progress, let batch):
      let before = told[progress.name, default: [:]].updateValue(progress.scanned, forKey: worker)
      if let before, progress.scanned < before { reported[progress.name] = nil }
      if let last = reported[progress.name], last.scanned > progress.scanned {
        progress.scanned = last.scanned
        progress.written = max(last.written, progress.written)
        progress.remaining = last.remaining
        progress.eta = last.eta
      }
      reported[progress.name] = progress
      return .batch(progress, batch)
    default: break
    }
    return event
  }

  /// A worker leaves the work to the others.
  ///
  /// - Returns: that the database is connected to again, where of this worker alone it was not.
  mutating func leave(_ worker: Int) -> UpdateEvent? {
    gone.insert(worker)
    waiting.remove(worker)
    guard disconnected.remove(worker) != nil else { return nil }
    return disconnected.isEmpty ? .reconnected : nil
  }
}
