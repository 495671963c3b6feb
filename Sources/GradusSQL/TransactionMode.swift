/// How a transaction starts.
public enum TransactionMode: Sendable {
  /// Reads only, one snapshot; a statement that writes is refused (`SQLError.Code.readOnly`), on SQLite also one that writes
  /// a temporary table.
  case read
  /// Writes: takes SQLite's write lock at once; READ COMMITTED on PostgreSQL.
  case write
}
