import Foundation
import GradusSQL

/// Keeps two runners from building one index at a time on PostgreSQL.
///
/// A session's advisory lock, since a concurrent build is no transaction; polled, since waiting inside PostgreSQL for
/// the lock would deadlock with the build. It also outlives a killed client until the server notices, which is as long
/// as the orphaned build goes on.
enum IndexLock {
  /// "inde".
  private static let space: Int64 = 0x696E_6465

  static func holding(_ name: String, on connection: Connection, _ body: () throws -> Void) throws {
    let lock = NamedLock(space: space, name: name)
    while try !lock.tryTake(on: connection) { Thread.sleep(forTimeInterval: 0.25) }
    defer { lock.release(on: connection) }
    try body()
  }
}
