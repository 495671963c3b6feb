/// What happens while a database is migrated, for progress and logs.
public enum MigrationEvent: Sendable {
  /// Another process migrates; this one waits.
  case waiting(holder: String)
  /// Processes of versions that a rise of the compat version shuts out still run; this one waits for their end. Told
  /// again when it is others.
  case versionsRunning([VersionHolder], compat: Int)
  /// None of these processes runs any more, but transactions that may be theirs are open on PostgreSQL; this one waits for
  /// their end. Told again when it is fewer.
  case writesOpen([String], compat: Int)
  /// The plan that is about to be executed.
  case planned(Plan)
  /// A step starts, the first being number 1.
  case stepStarted(PlanStep, number: Int, count: Int)
  /// A step met a lock or a conflict and is tried again.
  case stepRetried(PlanStep, error: String, delay: Duration)
  /// A step ended.
  case stepFinished(PlanStep, duration: Duration)
  /// Updates that run in the foreground came on.
  case update(UpdateProgressReport)
  /// The connection to the database is lost; who started the migration connects and plans anew.
  case disconnected(error: String)
  /// The database is connected to again.
  case reconnected
}
