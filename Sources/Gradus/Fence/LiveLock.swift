import GradusSQL

/// A lock that says something about this process to the others, and goes with it.
enum LiveLock: Sendable {
  /// On a database in memory, which nobody else can open.
  case none
  case file(LiveFile)
  case advisory(AdvisoryHold)

  /// - Returns: nil where a migration has the lock for itself, for a moment.
  static func tryTake(_ kind: LiveKind, _ number: Int, of database: PhysicalDatabase) async throws
    -> LiveLock?
  {
    switch database.driver.engine {
    case .sqlite: try LiveFolder(database).map { .file(try $0.make(kind, number)) } ?? LiveLock.none
    case .postgres: try await AdvisoryHold.tryTake(kind, number, of: database.driver).map { .advisory($0) }
    }
  }

  /// Why it is no longer held; nil where it is.
  func failure() async -> String? {
    switch self {
    case .none: nil
    case .file(let file): file.isInPlace ? nil : "its file '\(file.path)' is gone"
    case .advisory(let hold): await hold.failure()
    }
  }

  func release() async {
    switch self {
    case .none: break
    case .file(let file): file.release()
    case .advisory(let hold): await hold.release()
    }
  }
}
