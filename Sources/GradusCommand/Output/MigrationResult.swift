import Gradus
import GradusSQL

/// What `migrate` did to one database.
struct MigrationResult: Encodable {
  var database: String
  var version: Int
  var steps: Int
  var durationMs: Int

  init(_ database: PhysicalDatabase, _ plan: Plan, duration: Duration) {
    self.database = database.driver.databaseName
    version = max(plan.target, plan.version ?? 0)
    steps = plan.steps.count
    durationMs = duration.milliseconds
  }

  var text: String {
    steps == 0
      ? "\(database): up to date at version \(version)"
      : "\(database): at version \(version) after \(Text.count(steps, "step")) in \(Text.duration(.milliseconds(durationMs)))"
  }

  enum CodingKeys: String, CodingKey {
    case database, version, steps
    case durationMs = "duration_ms"
  }
}

/// The JSON that ends `migrate`.
struct MigrationDocument: Encodable {
  var format = 1
  var event = "finished"
  var databases: [MigrationResult]
}
