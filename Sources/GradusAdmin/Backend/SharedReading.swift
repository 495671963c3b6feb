import GradusSQL

/// Lets requests that wait for a database at the same time share one reading: it takes a turn once, however many ask. None
/// is told what was read before it asked.
actor SharedReading<Value: Sendable> {
  private let access: DatabaseAccess
  private let read: @Sendable (Session) async throws -> Value
  /// What has not begun to read.
  private var waiting: Task<Value, any Error>?
  private var lastID = 0

  init(_ access: DatabaseAccess, _ read: @escaping @Sendable (Session) async throws -> Value) {
    self.access = access
    self.read = read
  }

  /// - Throws: as `DatabaseAccess.perform` does.
  func value() async throws -> Value {
    if let waiting { return try await waiting.value }
    lastID += 1
    let (id, access, read) = (lastID, access, read)
    let task = Task {
      // Where its turn never comes, too.
      defer { close(id) }
      return try await access.perform { session in
        await self.close(id)
        return try await read(session)
      }
    }
    waiting = task
    return try await task.value
  }

  /// Lets nobody join any more.
  private func close(_ id: Int) {
    if id == lastID { waiting = nil }
  }
}
