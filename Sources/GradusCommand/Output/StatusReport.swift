import Gradus
import GradusSQL
import GradusUpdates

/// The JSON that `status` writes.
struct StatusDocument: Encodable {
  var format = 1
  var databases: [StatusReport]
}

/// The state of one database.
struct StatusReport: Encodable {
  var database: String
  var engine: String
  var version: Int?
  var compatVersion: Int?
  var applicationVersion: Int
  var applicationCompatVersion: Int
  var pendingSteps: Int
  var refusal: String?
  var isRefused: Bool
  var completedMigrations: [String]
  var running: [RunningProcessReport]
  var updates: [UpdateReport]
  var warnings: [String]

  init(_ database: PhysicalDatabase, _ context: CommandContext, _ session: Session) async throws {
    self.database = database.driver.databaseName
    engine = database.driver.engine.description
    applicationVersion = context.schema.ledger.version
    applicationCompatVersion = context.schema.ledger.compatVersion
    let planner = Planner(
      ledger: context.schema.ledger, tree: context.schema.tree, engine: database.driver.engine,
      databases: database.databases)
    let state = try await session.run { try DatabaseStateReader(rules: planner.rules).read($0) }
    version = state.version?.number
    compatVersion = state.compatVersion
    completedMigrations = state.completedMigrations.sorted()
    (pendingSteps, isRefused, warnings) = (0, false, [])
    do {
      let plan = try planner.plan(state)
      pendingSteps = plan.steps.count
      warnings = plan.warnings
    } catch let error as GradusError {
      refusal = error.description
      isRefused = error.code == .databaseTooNew
    }
    let tree = context.schema.tree
    warnings += try await session.run { try AppliedDeltas.edited($0, tree: tree) }
    running = try await RunningProcessReport.read(database, on: session)
    let registry = context.registry
    let name = database.name
    updates = try await session.run { try UpdateListing.read($0, registry: registry) }
      .map { UpdateReport($0, database: name) }
  }

  var text: String {
    func number(_ number: Int?) -> String { number.map(String.init) ?? "none" }
    var lines = [
      "\(database) (\(engine))",
      "  database:    version \(number(version)), compat \(number(compatVersion))",
      "  application: version \(applicationVersion), compat \(applicationCompatVersion)",
    ]
    if let refusal {
      lines.append("  \(isRefused ? "refused" : "migrate would fail"): \(refusal)")
    } else {
      lines.append(
        "  migrate: \(pendingSteps == 0 ? "nothing to do" : "\(pendingSteps) steps pending; see 'plan'")")
    }
    for migration in completedMigrations { lines.append("  complete: \(migration)") }
    lines += RunningProcessReport.lines(running, indent: "  running: ")
    lines.append("  background updates: \(updates.isEmpty ? "none queued" : "\(updates.count) queued")")
    lines += updates.map {
      "    \($0.name)\($0.known ? "" : " (not known here)")\($0.dependsOn.map { ", waits for \($0)" } ?? "")"
    }
    lines += warnings.map { "  warning: \($0)" }
    return lines.joined(separator: "\n")
  }

  enum CodingKeys: String, CodingKey {
    case database, engine, version, running, updates, warnings, refusal
    case compatVersion = "compat_version"
    case applicationVersion = "application_version"
    case applicationCompatVersion = "application_compat_version"
    case pendingSteps = "pending_steps"
    case isRefused = "refused"
    case completedMigrations = "completed_migrations"
  }
}
