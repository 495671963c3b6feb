package import GradusSQL

/// Finds what the statements of a script do.
package enum StatementAnalyzer {
  /// - Parameters:
  ///   - script: the SQL.
  ///   - engine: the engine that will run it.
  /// - Throws: `SQLError` with the place, where PostgreSQL's parser refuses the script.
  package static func effects(of script: String, on engine: Engine) throws -> [StatementEffect] {
    switch engine {
    case .postgres: try PostgresParser.parse(script).map(PostgresLocks.effect)
    case .sqlite: SQLiteEffects.effects(of: script)
    }
  }
}
