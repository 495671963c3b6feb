import GradusSQL

extension PostgresConnection {
  func limitStatements(to duration: Duration?) throws {
    let milliseconds = duration.map(\.serverMilliseconds)
    _ = try run(milliseconds.map { "SET statement_timeout = \($0)" } ?? "RESET statement_timeout", []) { _ in
    }
  }
}

extension Duration {
  /// Whole milliseconds as the server's limits take them: zero would be no limit, and they end at some 25 days.
  var serverMilliseconds: Int32 {
    let milliseconds: Double = self / .milliseconds(1)
    return Int32(max(1, min(milliseconds, Double(Int32.max))))
  }
}
