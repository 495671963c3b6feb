/// Which part of an application a process is.
public enum ProcessRole: Sendable, Hashable {
  /// The process that prepares the database.
  case main
  /// A process that only checks that the main process has done so.
  case worker
}
