extension UpdateWorker {
  /// Runs what may wait for long; a stop breaks it off.
  ///
  /// - Throws: what `body` throws; `SQLError` with code `cancelled` where a stop came first.
  func untilStop<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await control.untilStop(body)
  }
}
