package import GradusSQL
package import GradusTestSupport

extension TestDatabase {
  /// What `--database` gets.
  package var address: String {
    switch location {
    case .sqlite(let path): path
    case .postgres(let string): string
    }
  }

  /// Runs a statement.
  @discardableResult
  package func execute(_ sql: String) async throws -> Int { try await open().run { try $0.execute(sql) } }

  /// The first column of a query's rows.
  package func values(_ sql: String) async throws -> [SQLValue] {
    try await open().run { try $0.query(sql).map { $0[0] } }
  }
}
