extension Session {
  /// Puts something in order at an end, such as letting go of a lock: also where the task has been cancelled, and without
  /// waiting for ever on a server that does not answer. A failure is nobody's business any more.
  ///
  /// - Parameters:
  ///   - limit: how long to wait.
  ///   - body: synchronous work with the connection.
  package func settle(
    within limit: Duration = .seconds(5), _ body: @escaping @Sendable (Connection) throws -> Void
  ) async {
    let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
    // Not a group, which would wait for both.
    let work = Task {
      try? await run(body)
      continuation.finish()
    }
    let clock = Task {
      guard (try? await Task.sleep(for: limit)) != nil else { return }
      work.cancel()
      continuation.finish()
    }
    // In a task of its own: in a cancelled one a stream ends at once.
    await Task { for await _ in ended {} }.value
    clock.cancel()
  }
}
