import Foundation
import Synchronization

/// Lets a task's cancellation reach the statement that its job runs, and no later one.
///
/// A job arms the gate, runs and disarms it; a cancellation interrupts only while the gate is armed for that job, and
/// disarming waits for an interrupt under way, which would otherwise hit the connection's next job.
final class CancellationGate: Sendable {
  private struct State {
    var job = 0
    var isArmed = false
    var isCancelled = false
  }

  private let state = Mutex(State())
  private let interruption = Mutex(())

  /// A job begins.
  func arm() -> Int {
    state.withLock {
      $0.job += 1
      $0.isArmed = true
      $0.isCancelled = false
      return $0.job
    }
  }

  /// The job is over.
  func disarm() {
    state.withLock { $0.isArmed = false }
    interruption.withLock { _ in }
  }

  /// Throws where the running job has been cancelled; between statements there is nothing to interrupt.
  func check() throws {
    if state.withLock({ $0.isCancelled }) {
      throw SQLError(.cancelled, "the operation was cancelled")
    }
  }

  /// Marks a job as cancelled, so that no further statement of it starts. Does not block.
  func cancel(job: Int) {
    state.withLock { if $0.isArmed, $0.job == job { $0.isCancelled = true } }
  }

  /// Interrupts what a cancelled job runs until the job is over. Blocks.
  ///
  /// Once is not enough: an interrupt that comes just before a statement starts is lost on both engines.
  func interrupt(job: Int, _ interrupter: any Interrupter) {
    while interruptIfRunning(job: job, interrupter) { Thread.sleep(forTimeInterval: 0.05) }
  }

  private func interruptIfRunning(job: Int, _ interrupter: any Interrupter) -> Bool {
    interruption.withLock { _ in
      guard state.withLock({ $0.isArmed && $0.job == job }) else { return false }
      interrupter.interrupt()
      return true
    }
  }
}
