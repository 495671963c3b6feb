package import GradusSQL

extension Session {
  /// Does something beside a transaction of this session, which ends once somebody waits for it; PostgreSQL.
  ///
  /// - Parameters:
  ///   - work: what the transaction has done by then.
  ///   - rest: what it does when somebody waits.
  ///   - body: what is done beside it, and is to wait for it.
  /// - Returns: what `body` does.
  /// - Throws: what the transaction or `body` throws; `SQLError` with code `lockTimeout` where nobody comes.
  nonisolated package func withOpenTransaction<R>(
    _ work: @escaping @Sendable (Connection) throws -> Void,
    then rest: @escaping @Sendable (Connection) throws -> Void = { _ in },
    _ body: () async throws -> R
  ) async throws -> R {
    let (isOpen, continuation) = AsyncStream.makeStream(of: Void.self)
    async let done: Void = transaction { connection in
      defer { continuation.finish() }
      try work(connection)
      continuation.finish()
      try connection.waitUntilSomebodyWaits()
      try rest(connection)
    }
    for await _ in isOpen {}
    let result = try await body()
    try await done
    return result
  }
}
