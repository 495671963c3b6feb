import Foundation
package import Gradus
package import GradusSQL
package import GradusUpdates

/// The state of one database.
package struct StatusReport: Encodable, Sendable {
  /// The name in the configuration.
  package var name: String
  package var database: String
  /// For people.
  package var title: String
  package var engine: String
  package var version: Int?
  package var compatVersion: Int?
  package var applicationVersion: Int
  package var applicationCompatVersion: Int
  package var pendingSteps: Int
  package var refusal: String?
  /// Why the database cannot be looked at; nil where it was.
  package var error: String?
  package var isRefused: Bool
  package var completedMigrations: [String]
  package var running: [RunningProcessReport]
  package var updates: [UpdateReport]
  /// Who runs updates of this database; known of those that have run for some seconds.
  package var workers: [WorkerReport]
  package var health: [HealthReport]
  /// When a time window opens, in milliseconds since 1970; nil where batches may start now.
  package var windowOpensAt: Int64?
  package var warnings: [String]

  /// - Parameters:
  ///   - counts: what was counted before, for who reads again and again.
  ///   - checksums: the deltas' from before.
  package init(
    _ database: PhysicalDatabase, _ context: ReportContext, _ session: Session,
    counts: RemainingCounts = RemainingCounts(), checksums: DeltaChecksums = DeltaChecksums()
  ) async throws {
    self.name = database.name
    title = database.title
    self.database = database.driver.databaseName
    engine = database.driver.engine.description
    applicationVersion = context.schema.ledger.version
    applicationCompatVersion = context.schema.ledger.compatVersion
    var planner = Planner(
      ledger: context.schema.ledger, tree: context.schema.tree, engine: database.driver.engine,
      databases: database.databases)
    planner.looksBack = true
    let reader = planner.reader
    let state = try await session.run { try reader.read($0) }
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
    let ledger = context.schema.ledger
    let databases = database.databases
    warnings += try await session.run {
      try AppliedDeltas.edited(
        $0, tree: tree, databases: databases, upgradesFrom: ledger.upgradesFrom, version: ledger.version,
        checksums: checksums)
    }
    running = try await RunningProcessReport.read(database, on: session)
    let registry = context.registry
    let name = database.name
    updates = try await session.run { try UpdateListing.read($0, registry: registry, counts: counts) }
      .map { UpdateReport($0, database: name) }
    workers = try await session.run { connection in
      let isOurs = try CatalogTables.names(connection).contains("gradus_workers")
      return isOurs ? try WorkerRow.readAll(connection).map(WorkerReport.init) : []
    }
    health = try await HealthReport.read(context.updates.health, on: session)
    windowOpensAt = context.updates.windows.nextOpening(after: Date()).map {
      Int64($0.timeIntervalSince1970 * 1000)
    }
  }

  package enum CodingKeys: String, CodingKey {
    case name, database, engine, version, running, updates, workers, health, warnings, refusal, error
    case compatVersion = "compat_version"
    case applicationVersion = "application_version"
    case applicationCompatVersion = "application_compat_version"
    case pendingSteps = "pending_steps"
    case windowOpensAt = "window_opens_at"
    case isRefused = "refused"
    case completedMigrations = "completed_migrations"
  }
}
