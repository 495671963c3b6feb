import GradusSQL

/// Waiting for others, within a stop's reach.
extension RunControl {
  /// Runs what may take or wait for long; a stop breaks it off. What is done nevertheless counts: it may be committed.
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
      if let first = try await group.next(), let result = first { return result }
      group.cancelAll()
      if let last = try? await group.next(), let result = last { return result }
      throw SQLError(.cancelled, "stopped")
    }
  }
}
