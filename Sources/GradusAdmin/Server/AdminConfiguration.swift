package import Gradus
package import GradusReports
package import GradusUpdates
package import Logging

/// What an admin API is about, and whom it answers.
package struct AdminConfiguration: Sendable {
  package var databases: [PhysicalDatabase]
  /// What the application expects of them.
  package var reports: ReportContext
  /// The jobs that can be started.
  package var jobs: [AdminJob] = []
  package var paths: AdminPaths = .standard
  /// Where there are none, the server listens where only this machine's users come, and asks for none.
  package var tokens = AdminTokens()
  /// The hold on this process's own workers.
  package var control = RunControl()
  package var tracker = UpdateTracker()
  package var state = ServerState(.serving)
  package var metrics = PrometheusMetrics()
  package var logger: Logger
  package var limiter = FailureLimiter()
  /// How long a client may take to send a request, and as long to take its answer.
  package var requestTimeout: Duration = .seconds(30)
  /// How long a request waits for a database.
  package var databaseTimeout: Duration = .seconds(10)
  /// The time on a clock that does not stop, for limits and paces.
  package var now: @Sendable () -> Duration = {
    let start = ContinuousClock.now
    return { ContinuousClock.now - start }
  }()

  package init(databases: [PhysicalDatabase], reports: ReportContext, logger: Logger) {
    self.databases = databases
    self.reports = reports
    self.logger = logger
  }
}
