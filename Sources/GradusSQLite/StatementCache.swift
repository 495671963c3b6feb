import GradusSQL

/// The statements of a connection that were used last, prepared. A statement in use is out of the cache, so that a
/// nested use of the same SQL prepares its own.
final class StatementCache {
  private let capacity = 64
  private let database: OpaquePointer
  private var idle: [String: SQLiteStatement] = [:]
  /// Least recently used first.
  private var order: [String] = []

  init(_ database: OpaquePointer) { self.database = database }

  func take(_ sql: String) throws -> SQLiteStatement {
    if let statement = idle.removeValue(forKey: sql) {
      order.removeAll { $0 == sql }
      return statement
    }
    return try SQLiteStatement(database, sql)
  }

  func giveBack(_ statement: SQLiteStatement) {
    statement.reset()
    guard idle.updateValue(statement, forKey: statement.sql) == nil else { return }
    order.append(statement.sql)
    if order.count > capacity { idle[order.removeFirst()] = nil }
  }

  func removeAll() {
    idle.removeAll()
    order.removeAll()
  }
}
