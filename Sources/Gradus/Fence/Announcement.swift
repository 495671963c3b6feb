import GradusSQL

/// Announces a version: first the announcement, then the look whether the version is still admitted. Whoever shuts it
/// out looks for announcements after putting up its fence, so that one of the two sees the other.
struct Announcement {
  let version: Int
  let database: PhysicalDatabase

  func make() async throws -> LiveLock {
    if database.driver.engine == .sqlite, database.driver.liveFolder == nil { return .none }
    LiveFolder(database)?.removeStale()
    // Of its own: what is read in a transaction that stays open keeps its locks.
    let reader = try await Session.open(database.driver)
    for _ in 0..<100 {
      // Beforehand too, so that processes which start again and again do not hold the fence up.
      try await LiveVersions.refuse(version, of: database, on: reader)
      guard let lock = try await LiveLock.tryTake(.live, version, of: database) else {
        // The compat version rises at this moment.
        try await Task.sleep(for: .milliseconds(50))
        continue
      }
      do {
        try await LiveVersions.refuse(version, of: database, on: reader)
        let state = try await reader.run { try DatabaseStateReader(rules: []).read($0) }
        try Admission.check(state, version: version)
        return lock
      } catch {
        await lock.release()
        throw error
      }
    }
    throw GradusError(
      .lockTimeout,
      "another session keeps the lock of schema version \(version) on '\(database.shownName)' for itself",
      hint: "look for it in pg_locks, among the advisory locks in mode ExclusiveLock")
  }
}
