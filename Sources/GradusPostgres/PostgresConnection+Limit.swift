import GradusSQL

extension PostgresConnection {
  func limitStatements(to duration: Duration?) throws {
    let milliseconds = duration.map { max(1, Int($0 / .milliseconds(1))) }
    _ = try run(milliseconds.map { "SET statement_timeout = \($0)" } ?? "RESET statement_timeout", []) { _ in
    }
  }
}
