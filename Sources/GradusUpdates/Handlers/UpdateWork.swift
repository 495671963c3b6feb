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

/// A Swift handler, its progress type erased.
struct HandlerWork<Handler: UpdateHandler>: UpdateWork {
  let handler: Handler

  var name: String { handler.name }

  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String> {
    let result = try handler.runBatch(decode(progress), size: size, on: connection)
    return BatchResult(
      next: result.next?.json, scanned: result.scanned, written: result.written, skipped: result.skipped)
  }

  func estimateRemaining(_ progress: String, on connection: Connection) throws -> Int? {
    try handler.estimateRemaining(decode(progress), on: connection)
  }

  private func decode(_ progress: String) throws -> Handler.Progress {
    do {
      return try Handler.Progress(json: progress)
    } catch {
      throw UpdateFailure.unreadableProgress(update: name, reason: "\(error)")
    }
  }
}

/// Why a batch cannot be done, beyond what the database says.
enum UpdateFailure: Error, CustomStringConvertible {
  case unreadableProgress(update: String, reason: String)
  case noProgress(update: String)
  case violations(update: String, constraint: String, count: Int)
  case missingSQL(update: String)

  var description: String {
    switch self {
    case .unreadableProgress(let update, let reason):
      "the saved progress of '\(update)' cannot be read: \(reason)"
    case .noProgress(let update):
      "'\(update)' does not get on: it neither did anything nor moved its progress"
    case .violations(let update, let constraint, let count):
      "'\(update)': \(count) or more rows violate '\(constraint)'; mend them, or declare delete_violations"
    case .missingSQL(let update): "'\(update)' has no SQL for this engine"
    }
  }
}
