import Foundation
import GradusSQL

/// Keeps two runners from building one index at a time on PostgreSQL.
///
/// A session's advisory lock, since a concurrent build is no transaction; polled, since waiting inside PostgreSQL for
/// the lock would deadlock with the build. It also outlives a killed client until the server notices, which is as long
/// as the orphaned build goes on.
enum IndexLock {
  /// "inde", the first half of the lock's key; the second is a hash of the name.
  private static let space: Int64 = 0x696E_6465

  static func holding(_ name: String, on connection: Connection, _ body: () throws -> Void) throws {
    let key: [SQLValue] = [.integer(space), .text(name)]
    while try connection.queryRow("SELECT pg_try_advisory_lock($1, hashtext($2))", key)?[0].boolean != true {
      Thread.sleep(forTimeInterval: 0.25)
    }
    // Also after a cancellation: the session may live on, and others would wait for the lock as long as it does.
    defer { connection.restore("SELECT pg_advisory_unlock(\(space), hashtext(\(SQLText.literal(name))))") }
    try body()
  }
}
