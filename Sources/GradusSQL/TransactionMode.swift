/// How a transaction starts.
public enum TransactionMode: Sendable {
  /// Reads only, one snapshot.
  case read
  /// Writes: takes SQLite's write lock at once; READ COMMITTED on PostgreSQL.
  case write
}
