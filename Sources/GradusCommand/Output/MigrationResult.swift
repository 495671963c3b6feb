import Gradus
import GradusReports
import GradusSQL

/// What `migrate` did to one database.
struct MigrationResult: Encodable {
  /// The name in the configuration.
  var name: String
  var database: String
  /// For people.
  var title: String
  var version: Int
  var steps: Int
  var durationMs: Int
  /// What an operator should know, as `plan` says it; nil for nothing.
  var warnings: [String]?

  init(_ database: PhysicalDatabase, _ plan: Plan, duration: Duration) {
    name = database.name
    title = database.title
    self.database = database.driver.databaseName
    version = max(plan.target, plan.version ?? 0)
    steps = plan.steps.count
    durationMs = duration.milliseconds
    warnings = plan.warnings.isEmpty ? nil : plan.warnings
  }

  var text: String {
    let outcome =
      steps == 0
      ? "\(title): up to date at version \(version)"
      : "\(title): at version \(version) after \(Text.count(steps, "step")) in \(Text.duration(.milliseconds(durationMs)))"
    return ((warnings ?? []).map { "warning: \($0)" } + [outcome]).joined(separator: "\n")
  }

  enum CodingKeys: String, CodingKey {
    case name, database, version, steps, warnings
    case durationMs = "duration_ms"
  }
}

/// The JSON that ends `migrate`.
struct MigrationDocument: Encodable {
  var format = 1
  var event = "finished"
  var databases: [MigrationResult]
}
