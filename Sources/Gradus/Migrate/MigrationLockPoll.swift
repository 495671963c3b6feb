import GradusSQL

/// Tries for a `MigrationLock` until it is free, on PostgreSQL over one connection for all attempts.
struct MigrationLockPoll {
  private let driver: any Driver
  private var session: Session?

  init(driver: any Driver) { self.driver = driver }

  /// - Returns: nil where there is nobody to keep off.
  mutating func tryAcquire() async throws -> MigrationLock.Attempt? {
    guard driver.engine == .postgres else { return try MigrationLock.tryAcquire(fileOf: driver) }
    if let session {
      do {
        return try await MigrationLock.tryAcquire(over: session)
      } catch let error as SQLError where error.code == .connectionLost {
        // Between two attempts, and with nothing that had been done over it.
      }
    }
    let session = try await Session.open(driver)
    self.session = session
    return try await MigrationLock.tryAcquire(over: session)
  }
}
