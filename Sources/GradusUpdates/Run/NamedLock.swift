import GradusSQL

/// A session's advisory lock of PostgreSQL's that is about an update: only tried, and gone with a process that dies.
struct NamedLock {
  /// The first half of the lock's key; the second is a hash of the name.
  let space: Int64
  let name: String

  /// Whether it is ours now.
  func tryTake(on connection: Connection) throws -> Bool {
    do {
      return try connection.queryRow(
        "SELECT pg_try_advisory_lock($1, hashtext($2))", [.integer(space), .text(name)])?[0].boolean ?? false
    } catch {
      // Broken off, it may have been ours already.
      release(on: connection)
      throw error
    }
  }

  /// Also after a cancellation: the session may live on, and others would wait for the lock as long as it does.
  func release(on connection: Connection) {
    connection.restore("SELECT pg_advisory_unlock(\(space), hashtext(\(SQLText.literal(name))))")
  }
}
