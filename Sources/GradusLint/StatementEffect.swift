public import GradusSQL

/// What a statement of a delta does to those who use the database meanwhile.
public struct StatementEffect: Sendable {
  /// The statement.
  public var statement: String
  /// Where in its file it starts.
  public var position: SourcePosition
  /// The locks that it takes.
  public var locks: [Lock]
  /// Whether it reads or writes rows in proportion to a table's size.
  public var scans: Bool

  /// A lock on a table.
  public struct Lock: Sendable, Hashable {
    /// The table; nil where the whole database is locked.
    public var table: String?
    /// The lock's name as the engine has it.
    public var mode: String
    /// Who has to wait.
    public var blocks: String

    init(_ table: String?, _ mode: String, blocks: String) {
      self.table = table
      self.mode = mode
      self.blocks = blocks
    }
  }
}

/// Finds what the statements of a script do.
public enum StatementAnalyzer {
  /// - Parameters:
  ///   - script: the SQL.
  ///   - engine: the engine that will run it.
  /// - Throws: `SQLError` with the place, where PostgreSQL's parser refuses the script.
  public static func effects(of script: String, on engine: Engine) throws -> [StatementEffect] {
    switch engine {
    case .postgres: try PostgresParser.parse(script).map(PostgresLocks.effect)
    case .sqlite: SQLiteEffects.effects(of: script)
    }
  }
}
