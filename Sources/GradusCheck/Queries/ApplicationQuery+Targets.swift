import Gradus
import GradusLint
import GradusSQL

extension ApplicationQuery {
  /// The tables that it names to be written, as the engine compares them; not those that triggers and foreign keys write.
  ///
  /// - Throws: `SQLError` where PostgreSQL's parser refuses it.
  func targets(on engine: Engine) throws -> Set<String> {
    switch engine {
    case .sqlite: Set([SQLiteTarget(SQLiteWords(sql))?.table].compactMap { $0 })
    case .postgres: Set(try StatementAnalyzer.targets(of: sql).map(\.table))
    }
  }
}
