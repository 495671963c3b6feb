import GradusSQL

/// An update as the runner sees it, its progress as text.
protocol UpdateWork: Sendable {
  var name: String { get }
  /// Whether it does all its work in one iteration.
  var isOneShot: Bool { get }
  /// Whether it runs outside a transaction, in one go, and must be safe to run again after a crash.
  var isOutsideTransaction: Bool { get }
  /// Whether a batch may take as long as a table is large, whatever its size: a stop breaks it off, and the next run
  /// begins it anew.
  var isBrokenOffByStop: Bool { get }
  /// Whether a batch may change settings of the session, which are put back after its transaction.
  var mayChangeSettings: Bool { get }
  /// What the transaction of a batch needs to see.
  var isolation: BatchIsolation { get }
  /// Does one batch, in a transaction unless it says otherwise.
  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String>
  func estimateRemaining(_ progress: String, on connection: Connection) throws -> Int?
  /// Whether what `verify` reads is too much for the transaction that ends the update. Its last batch must then have
  /// found nothing to do.
  var verifiesApart: Bool { get }
  /// Whether `verify` tells of rows and tables as they are, so that it can be asked at any time.
  var canVerifyAfterwards: Bool { get }
  /// Finds out whether the update did what it is for.
  func verify(_ progress: String, on connection: Connection) throws -> Verification
}

enum BatchIsolation {
  /// Each statement sees what is committed (PostgreSQL: READ COMMITTED).
  case statement
  /// All statements see one moment, and a conflict fails the batch, which is then run again (REPEATABLE READ).
  case snapshot
}

/// What a look at the result came to.
enum Verification: Sendable, Hashable {
  /// What was found right, for the certificate.
  case passed(String)
  /// Rows are left; where the update begins again.
  case rowsLeft(next: String)
}

extension UpdateWork {
  /// Whether it cannot be run over a session's connection, as a pooler between would hand the locks and settings that
  /// it leaves on its server connection to others.
  func needsDirectAddress(_ session: Session) async throws -> Bool {
    guard isOutsideTransaction else { return false }
    return try await !session.run { try $0.keepsServerProcess() }
  }

  var isOneShot: Bool { false }
  var isOutsideTransaction: Bool { false }
  var isBrokenOffByStop: Bool { isOneShot }
  var mayChangeSettings: Bool { false }
  var isolation: BatchIsolation { .statement }
  var verifiesApart: Bool { false }
  var canVerifyAfterwards: Bool { false }
  func estimateRemaining(_ progress: String, on connection: Connection) throws -> Int? { nil }
}
