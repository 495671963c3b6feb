public import Gradus
public import ServiceLifecycle

/// An announcement among an application's services: give it first, so that it ends last.
///
///     try await ServiceGroup(
///       services: [presence, updates, server], gracefulShutdownSignals: [.sigterm], logger: logger
///     ).run()
extension VersionPresence: Service {
  /// Holds the announcement until the service group shuts down, and then ends it.
  ///
  /// - Throws: `GradusError` with code `databaseTooNew` as soon as the version is shut out, which ends the group: the
  ///   application must not go on.
  public func run() async throws {
    for await refusal in refusals.cancelOnGracefulShutdown() { throw refusal }
    await release()
  }
}
