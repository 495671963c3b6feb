import GradusSQL

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
  private var names: [BytewiseText: String] = [:]
  /// Least recently used first.
  private var order: [BytewiseText] = []
  private var usedOnce: Set<BytewiseText> = []
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
    let text = BytewiseText(sql)
    if let name = names[text] {
      order.removeAll { $0 == text }
      order.append(text)
      return .prepared(name: name)
    }
    guard usedOnce.contains(text) else {
      if usedOnce.count >= 4 * capacity { usedOnce.removeAll() }
      usedOnce.insert(text)
      return .unprepared
    }
    counter += 1
    return .prepare(name: "gradus_\(counter)")
  }

  /// The server has the statement.
  mutating func didPrepare(_ sql: String, name: String) {
    let text = BytewiseText(sql)
    usedOnce.remove(text)
    names[text] = name
    order.append(text)
    if order.count > capacity { forget(order[0]) }
  }

  /// The statement's plan is of no use any more; its next use prepares it anew.
  mutating func forget(_ sql: String) { forget(BytewiseText(sql)) }

  private mutating func forget(_ text: BytewiseText) {
    guard let name = names.removeValue(forKey: text) else { return }
    order.removeAll { $0 == text }
    abandoned.append(name)
    usedOnce.insert(text)
  }

  /// The schema may have changed: `SELECT *` may have other columns, which the server refuses to a prepared statement.
  /// Uses count from the beginning: where each is followed by a change, as in a migration, preparing would cost a round
  /// trip each time, and leave a statement on the server that nobody runs again.
  mutating func forgetAll() {
    for text in order { forget(text) }
    usedOnce = []
  }

  /// The abandoned statements are gone.
  mutating func didDeallocate() { abandoned.removeAll() }
}
