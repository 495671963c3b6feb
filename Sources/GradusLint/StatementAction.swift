/// One thing that a statement does, as far as the checks judge it by its text. Names are without quotes.
package enum StatementAction: Sendable, Hashable {
  /// BEGIN, COMMIT, SAVEPOINT and the like.
  case transactionControl
  /// Sets a setting, whose name is in lower case; nil for back to what it was.
  case set(String, to: String?)
  /// Reads or sets one of SQLite's settings; nil where it is read.
  case pragma(String, to: String?)
  case createTable(String)
  case dropTable(String)
  case renameTable(String, to: String)
  case createIndex
  case truncate
  /// UPDATE, DELETE or MERGE; the columns for which its condition demands given values.
  case modify(String, givenColumns: Set<String>)
  case alter(String, TableAlteration)
  /// What it does is in a body or elsewhere, and cannot be read (DO, CALL, EXECUTE), or is not known.
  case hidden(String)
}
