import GradusLint
import GradusSQL

/// Takes a delta's SQL apart.
enum StatementReader {
  /// - Throws: `SQLError` with the place, where PostgreSQL's parser refuses the script.
  static func statements(of script: String, on engine: Engine) throws -> [AnalyzedStatement] {
    switch engine {
    case .sqlite: try SQLiteActions.statements(of: script)
    case .postgres: try StatementAnalyzer.postgresStatements(of: script)
    }
  }
}
