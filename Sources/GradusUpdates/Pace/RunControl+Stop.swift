import GradusSQL

/// Waiting for others, within a stop's reach.
extension RunControl {
  /// Runs what may wait for long; a stop breaks it off.
  ///
  /// - Throws: what `body` throws; `SQLError` with code `cancelled` where a stop came first.
  func untilStop<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await withThrowingTaskGroup(of: R?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        while !self.isStopping { try await self.sleep(for: .seconds(60)) }
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let result = first else {
        throw SQLError(.cancelled, "stopped")
      }
      return result
    }
  }
}
