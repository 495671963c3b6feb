package import GradusReports
import GradusUpdates
import Synchronization

/// Reckons the pace of updates that run in other processes, from what the database says each time it is asked.
package final class PaceSampler: Sendable {
  private struct Key: Hashable {
    var database: String
    var name: String
  }

  private struct Sampled {
    var estimator = ProgressEstimator()
    var phase: String?
    var sampledAt: Double?
  }

  private let samples = Mutex<[Key: Sampled]>([:])
  private let now: @Sendable () -> Duration

  /// - Parameter now: the time on a clock that does not stop.
  package init(now: @escaping @Sendable () -> Duration) { self.now = now }

  /// Takes a sample of each update that runs, and forgets the others.
  ///
  /// - Parameters:
  ///   - running: the updates of a database at which workers are.
  ///   - database: its name.
  ///   - pause: the pause between two batches.
  /// - Returns: the paces by name.
  package func sample(_ running: [UpdateReport], database: String, pause: Duration) -> [String: UpdatePace] {
    let now = self.now() / .seconds(1)
    let names = Set(running.map(\.name))
    return samples.withLock { samples in
      samples = samples.filter { $0.key.database != database || names.contains($0.key.name) }
      var paces: [String: UpdatePace] = [:]
      for update in running {
        let key = Key(database: database, name: update.name)
        var sampled = samples[key] ?? Sampled()
        // Each phase of an index build counts something else.
        if sampled.phase != update.phase { sampled = Sampled(phase: update.phase) }
        // Many pages that ask at once are no samples of their own.
        if sampled.sampledAt.map({ now - $0 >= 0.5 }) ?? true {
          sampled.estimator.record(scanned: update.scanned, remaining: update.remaining, at: now)
          sampled.sampledAt = now
        }
        samples[key] = sampled
        // What it came to before says nothing of one that has stood still for long, as where its batches fail.
        paces[update.name] =
          sampled.estimator.isStill(for: 3 * (pause / .seconds(1)))
          ? UpdatePace.unknown
          : sampled.estimator.eta.map { UpdatePace(rowsPerSecond: sampled.estimator.rate, left: $0) }
            ?? UpdatePace.stored(update, pause: pause)
      }
      return paces
    }
  }
}
