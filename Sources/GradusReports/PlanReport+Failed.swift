package import Gradus
import GradusSQL

extension PlanReport {
  /// What is known of a database that cannot be looked at: where it is, and what it is to become.
  ///
  /// - Parameter error: why it cannot.
  package init(of database: PhysicalDatabase, _ context: ReportContext, error: String) {
    name = database.name
    title = database.title
    self.database = database.driver.databaseName
    engine = database.driver.engine.description
    targetVersion = context.schema.ledger.version
    targetCompatVersion = context.schema.ledger.compatVersion
    (steps, warnings) = ([], [])
    self.error = error
  }
}
