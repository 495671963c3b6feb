public import GradusSQL

/// Runs background updates to their end, for the steps that need them complete.
public protocol ForegroundCompleter: Sendable {
  /// Whether this program can run an update.
  func knows(_ name: String) -> Bool

  /// Why an update that this program knows cannot be run over a session's connection; nil where it can.
  func obstacle(to name: String, on session: Session) async throws -> String?

  /// Runs the queued ones of these updates, and what they depend on, to their end.
  ///
  /// - Parameters:
  ///   - names: the updates.
  ///   - database: the database whose queue holds them.
  ///   - session: a session of it.
  ///   - report: told after each batch.
  /// - Throws: `GradusError` where one cannot be completed; what was done stays done.
  func complete(
    _ names: [String], of database: PhysicalDatabase, on session: Session,
    report: @escaping @Sendable (UpdateProgressReport) -> Void) async throws
}

extension ForegroundCompleter {
  /// Nothing.
  public func obstacle(to name: String, on session: Session) async throws -> String? { nil }
}
