import GradusSQL

/// An update as the runner sees it, its progress as text.
protocol UpdateWork: Sendable {
  var name: String { get }
  /// Whether it runs outside a transaction, in one go, and must be safe to run again after a crash.
  var isOutsideTransaction: Bool { get }
  /// What the transaction of a batch needs to see.
  var isolation: BatchIsolation { get }
  /// Does one batch, in a transaction unless it says otherwise.
  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String>
  func estimateRemaining(_ progress: String, on connection: Connection) throws -> Int?
}

enum BatchIsolation {
  /// Each statement sees what is committed (PostgreSQL: READ COMMITTED).
  case statement
  /// All statements see one moment, and a conflict fails the batch, which is then run again (REPEATABLE READ).
  case snapshot
}

extension UpdateWork {
  var isOutsideTransaction: Bool { false }
  var isolation: BatchIsolation { .statement }
  func estimateRemaining(_ progress: String, on connection: Connection) throws -> Int? { nil }
}
