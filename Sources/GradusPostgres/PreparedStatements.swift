/// Which statements of a connection are prepared on the server, under which names.
///
/// Pure bookkeeping: the connection does what it says. A statement is prepared from its second use on, as most are
/// used once; of the prepared ones the least recently used goes first.
struct PreparedStatements {
  /// How to run a statement.
  enum Use: Equatable {
    case unprepared
    /// Prepare it under this name, say `didPrepare`, and run it by its name.
    case prepare(name: String)
    case prepared(name: String)
  }

  private let capacity: Int
  private var names: [String: String] = [:]
  /// Least recently used first.
  private var order: [String] = []
  private var usedOnce: Set<String> = []
  private var counter = 0

  /// Statements to deallocate when no transaction is open; within one, a failure would abort it.
  private(set) var abandoned: [String] = []

  init(capacity: Int = 64) { self.capacity = capacity }

  /// Statements that have a plan. Others gain nothing, and SET TRANSACTION must come before any query, so also before
  /// those that preparing may need.
  private static let planned: Set<String> = [
    "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES",
  ]

  /// Notes a use of a statement.
  mutating func use(_ sql: String) -> Use {
    let firstWord = sql.drop(while: \.isWhitespace).prefix { $0.isASCII && $0.isLetter }
    guard Self.planned.contains(firstWord.uppercased()) else { return .unprepared }
    if let name = names[sql] {
      order.removeAll { $0 == sql }
      order.append(sql)
      return .prepared(name: name)
    }
    guard usedOnce.contains(sql) else {
      if usedOnce.count >= 4 * capacity { usedOnce.removeAll() }
      usedOnce.insert(sql)
      return .unprepared
    }
    counter += 1
    return .prepare(name: "gradus_\(counter)")
  }

  /// The server has the statement.
  mutating func didPrepare(_ sql: String, name: String) {
    usedOnce.remove(sql)
    names[sql] = name
    order.append(sql)
    if order.count > capacity { forget(order[0]) }
  }

  /// The statement's plan is of no use any more; its next use prepares it anew.
  mutating func forget(_ sql: String) {
    guard let name = names.removeValue(forKey: sql) else { return }
    order.removeAll { $0 == sql }
    abandoned.append(name)
    usedOnce.insert(sql)
  }

  /// The schema may have changed: `SELECT *` may have other columns, which the server refuses to a prepared statement.
  /// Uses count from the beginning: where each is followed by a change, as in a migration, preparing would cost a round
  /// trip each time, and leave a statement on the server that nobody runs again.
  mutating func forgetAll() {
    for sql in order { forget(sql) }
    usedOnce = []
  }

  /// The abandoned statements are gone.
  mutating func didDeallocate() { abandoned.removeAll() }
}
