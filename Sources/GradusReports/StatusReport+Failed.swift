package import Gradus
import GradusSQL

extension StatusReport {
  /// What is known of a database that cannot be looked at: where it is, and nothing of what is in it.
  ///
  /// - Parameter error: why it cannot.
  package init(of database: PhysicalDatabase, _ context: ReportContext, error: String) {
    name = database.name
    title = database.title
    self.database = database.driver.databaseName
    engine = database.driver.engine.description
    applicationVersion = context.schema.ledger.version
    applicationCompatVersion = context.schema.ledger.compatVersion
    pendingSteps = 0
    // Who does not know `error` must not take it for one that is as it should be.
    refusal = error
    isRefused = false
    self.error = error
    (completedMigrations, running, updates, workers, health, warnings) = ([], [], [], [], [], [])
  }
}
