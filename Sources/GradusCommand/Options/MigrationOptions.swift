import ArgumentParser
import Gradus
import GradusUpdates

/// How long a migration waits for what, and how much it does at a time.
struct MigrationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long to wait for another process that migrates, in seconds.", valueName: "seconds"))
  var lockTimeout = 60
  @Option(
    help: ArgumentHelp(
      "How long to wait for running processes of versions that a rise of the compat version shuts out, in seconds; then exit with 3.",
      valueName: "seconds"))
  var fenceTimeout = 60
  @Option(
    help: ArgumentHelp(
      "How long a statement waits for a lock on PostgreSQL before its step is rolled back and tried again, in seconds.",
      valueName: "seconds"))
  var statementLockTimeout = 5
  @Option(
    help:
      "How many batches of updates that must be complete run at the same time, on PostgreSQL; on SQLite it is one."
  )
  var foregroundWorkers = ForegroundRunner.defaultWorkers

  func validate() throws {
    guard lockTimeout >= 0, fenceTimeout >= 0 else {
      throw ValidationError("--lock-timeout and --fence-timeout must not be below 0")
    }
    // PostgreSQL takes 0 for no limit.
    guard statementLockTimeout > 0 else { throw ValidationError("--statement-lock-timeout must be above 0") }
    guard (1...WorkerPool.mostWorkers).contains(foregroundWorkers) else {
      throw ValidationError("--foreground-workers must be from 1 to \(WorkerPool.mostWorkers)")
    }
  }

  /// The migrator's options.
  func options(retrying: [String] = [], markingApplied: [String] = []) -> DatabaseMigrator.Options {
    DatabaseMigrator.Options(
      lockTimeout: .seconds(lockTimeout), fenceTimeout: .seconds(fenceTimeout),
      statementLockTimeout: .seconds(statementLockTimeout), retriedDeltas: Set(retrying),
      deltasToMarkApplied: Set(markingApplied))
  }
}
