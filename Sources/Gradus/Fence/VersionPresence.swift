/// Says that this process runs a version of the application, for as long as it lives.
///
/// A migration that raises the compat version past it waits for it to end, so that no process goes on writing a
/// database that its version may not open any more. It ends with `release`, with this object, and with the process
/// however that dies. Keep the object where it lives as long as the application: Swift may let go of a local variable
/// after its last use.
///
/// On PostgreSQL it is a shared advisory lock on a connection of its own, on SQLite the lock on a file in the folder
/// `<database>.gradus-live`. On a SQLite database in memory it is nothing.
public actor VersionPresence {
  /// The version.
  public nonisolated let version: Int
  private let database: PhysicalDatabase
  private let report: @Sendable (PresenceEvent) -> Void
  private var lock: LiveLock?
  private var isRefused = false
  private var isReleased = false
  private var verification: Task<Void, any Error>?
  private var watch: Task<Void, Never>?
  private let refusal: AsyncStream<GradusError>.Continuation
  /// The error of a version that was shut out; ends with the announcement. For one reader.
  package nonisolated let refusals: AsyncStream<GradusError>

  /// Announces a version. It may be done before or after migrating.
  ///
  /// - Parameters:
  ///   - version: the application's schema version.
  ///   - database: the database; an application with several announces itself on each.
  ///   - interval: how often to look whether the announcement stands, and to make it anew where not; nil for only when
  ///     `check` is called.
  ///   - report: told where the announcement is lost, made anew or refused.
  /// - Throws: `GradusError` with code `databaseTooNew` where the version is shut out, or is about to be;
  ///   `SQLError`.
  public static func announce(
    version: Int, on database: PhysicalDatabase, checkingEvery interval: Duration? = .seconds(15),
    report: @escaping @Sendable (PresenceEvent) -> Void = { _ in }
  ) async throws -> VersionPresence {
    let lock = try await Announcement(version: version, database: database).make()
    let presence = VersionPresence(version, database, lock, report)
    if let interval { await presence.startWatching(every: interval) }
    return presence
  }

  private init(
    _ version: Int, _ database: PhysicalDatabase, _ lock: LiveLock,
    _ report: @escaping @Sendable (PresenceEvent) -> Void
  ) {
    self.version = version
    self.database = database
    self.lock = lock
    self.report = report
    (refusals, refusal) = AsyncStream.makeStream(of: GradusError.self, bufferingPolicy: .bufferingNewest(1))
  }

  deinit {
    watch?.cancel()
    refusal.finish()
  }

  /// Makes sure that the announcement stands: makes it anew where it was lost. Nothing is done after `release`.
  ///
  /// - Throws: `GradusError` with code `databaseTooNew` where the version was shut out meanwhile; `SQLError` where the
  ///   database cannot be reached.
  public func check() async throws {
    // Two at once would announce it twice.
    if let verification { return try await verification.value }
    let task = Task { try await verify() }
    verification = task
    defer { verification = nil }
    try await task.value
  }

  /// Ends the announcement.
  public func release() async {
    isReleased = true
    watch?.cancel()
    refusal.finish()
    let lock = lock
    self.lock = nil
    await lock?.release()
  }

  private func verify() async throws {
    guard !isReleased else { return }
    if let lock {
      guard let reason = await lock.failure(), !isReleased else { return }
      self.lock = nil
      report(.lost(reason: reason))
    }
    do {
      let lock = try await Announcement(version: version, database: database).make()
      guard !isReleased else { return await lock.release() }
      self.lock = lock
      isRefused = false
      report(.restored)
    } catch let error as GradusError where error.code == .databaseTooNew {
      if !isRefused {
        report(.refused(error))
        refusal.yield(error)
      }
      isRefused = true
      throw error
    }
  }

  private func startWatching(every interval: Duration) {
    watch = Task { [weak self] in
      var pause = interval
      while (try? await Task.sleep(for: pause)) != nil {
        guard let self else { return }
        do {
          try await check()
          pause = interval
        } catch {
          // While it is lost a migration may pass: soon again.
          pause = min(interval, .seconds(1))
        }
      }
    }
  }
}
