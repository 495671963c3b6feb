import GradusSQL

/// The statements of a connection that were used last, prepared. A statement in use is out of the cache, so that a
/// nested use of the same SQL prepares its own.
final class StatementCache {
  private let capacity = 64
  private let database: OpaquePointer
  private var idle: [BytewiseText: SQLiteStatement] = [:]
  /// Least recently used first.
  private var order: [BytewiseText] = []

  init(_ database: OpaquePointer) { self.database = database }

  func take(_ sql: String) throws -> SQLiteStatement {
    let text = BytewiseText(sql)
    guard let statement = idle.removeValue(forKey: text) else { return try SQLiteStatement(database, sql) }
    order.removeAll { $0 == text }
    return statement
  }

  func giveBack(_ statement: SQLiteStatement) {
    statement.reset()
    let text = BytewiseText(statement.sql)
    guard idle.updateValue(statement, forKey: text) == nil else { return }
    order.append(text)
    if order.count > capacity { idle[order.removeFirst()] = nil }
  }

  func removeAll() {
    idle.removeAll()
    order.removeAll()
  }
}
