import Gradus
import GradusSQL

/// On SQLite, the right to run updates: one process has it at a time, and it goes with its process, also by `kill -9`.
///
/// It keeps processes from getting into each other's way; what keeps the result right is that each batch reads its
/// progress in its own transaction.
struct WorkerTurn: Sendable {
  private let path: String?
  private var lock: FileLock?

  /// - Parameter driver: the database's driver; nil where no turn is needed.
  init(_ driver: (any Driver)?) { path = driver?.lockFile.map { $0 + "-updates" } }

  /// Takes the turn, or says who has it.
  mutating func begin() throws -> String? {
    guard let path, lock == nil else { return nil }
    switch try FileLock.tryAcquire(path: path, holder: ProcessIdentity.lockHolder) {
    case .acquired(let lock):
      self.lock = lock
      return nil
    case .held(let holder): return holder
    }
  }

  /// Lets others have it.
  mutating func end() {
    lock?.release()
    lock = nil
  }
}
