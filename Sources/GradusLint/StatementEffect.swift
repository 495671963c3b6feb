package import GradusSQL

/// What a statement of a delta does to those who use the database meanwhile.
package struct StatementEffect: Sendable {
  /// The statement.
  package var statement: String
  /// Where in its file it starts.
  package var position: SourcePosition
  /// The locks that it takes.
  package var locks: [Lock]
  /// Whether it reads or writes rows in proportion to a table's size.
  package var scans: Bool

  /// A lock on a table.
  package struct Lock: Sendable, Hashable {
    /// The table; nil where the whole database is locked, or the table of an index.
    package var table: String?
    /// The index whose table is locked, where the statement does not name the table.
    package var index: String?
    /// The lock's name as the engine has it.
    package var mode: String
    /// Who has to wait.
    package var blocks: String

    init(_ table: String?, _ mode: String, blocks: String) {
      self.table = table
      self.mode = mode
      self.blocks = blocks
    }

    init(index: String?, _ mode: String, blocks: String) {
      self.init(nil, mode, blocks: blocks)
      self.index = index
    }
  }
}
