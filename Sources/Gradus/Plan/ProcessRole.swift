/// Which part of an application a process is.
public enum ProcessRole: Sendable, Hashable {
  /// The process that prepares the database.
  case main
  /// A process that serves, and leaves changes of the schema to the main process: it fails where that has to migrate first.
  /// What the main process does besides it does, too: it removes stale rows, and distrusts what it does not keep.
  case nonMigrating
  /// A process that only checks that the main process has done so, and leaves stale rows to that.
  case worker
}
