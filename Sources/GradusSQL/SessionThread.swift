import Foundation
import Synchronization

/// A serial executor with a thread of its own, on which a session's blocking calls run.
///
/// libpq and SQLite block; on the cooperative pool a few blocking calls stop every other task of the process.
final class SessionThread: SerialExecutor, @unchecked Sendable {
  // Guarded by `condition`.
  private var jobs: [UnownedJob] = []
  private var isStopped = false
  private let condition = NSCondition()

  /// How many jobs all threads together have not done yet.
  static let pendingJobs = Atomic(0)

  init(name: String) {
    let thread = Thread { [self] in loop() }
    thread.name = name
    thread.stackSize = 4 << 20
    thread.start()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Self.pendingJobs.add(1, ordering: .relaxed)
    condition.withLock {
      jobs.append(job)
      condition.signal()
    }
  }

  /// Ends the thread once the jobs already queued have run.
  func stop() {
    condition.withLock {
      isStopped = true
      condition.signal()
    }
  }

  private func loop() {
    while true {
      let batch: [UnownedJob] = condition.withLock {
        while jobs.isEmpty && !isStopped { condition.wait() }
        defer { jobs.removeAll(keepingCapacity: true) }
        return jobs
      }
      if batch.isEmpty { return }
      for job in batch {
        job.runSynchronously(on: asUnownedSerialExecutor())
        Self.pendingJobs.subtract(1, ordering: .relaxed)
      }
    }
  }
}
