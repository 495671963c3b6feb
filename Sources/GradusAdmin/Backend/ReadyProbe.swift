import Gradus
import GradusReports
import GradusSQL

/// Whether the application may rely on its databases. Anybody may ask, so that an answer serves for a second.
actor ReadyProbe {
  private let databases: [DatabaseAccess]
  private let reports: ReportContext
  private let state: ServerState
  private var last: (reasons: [String], at: ContinuousClock.Instant)?
  private var check: Task<[String], Never>?

  init(_ databases: [DatabaseAccess], _ configuration: AdminConfiguration) {
    self.databases = databases
    reports = configuration.reports
    state = configuration.state
  }

  /// Why not; empty where it may.
  func reasons() async -> [String] {
    switch state.current {
    case .starting(let reason), .stopping(let reason): return [reason]
    case .serving: break
    }
    if let last, .now - last.at < .seconds(1) { return last.reasons }
    if let check { return await check.value }
    let task = Task { await look() }
    check = task
    let reasons = await task.value
    (last, check) = ((reasons, .now), nil)
    return reasons
  }

  private func look() async -> [String] {
    var reasons: [String] = []
    for access in databases {
      let database = access.database
      let schema = reports.schema
      do {
        try await access.perform { session in
          // As a worker: what it may not do itself has to be done before it may run.
          let planner = Planner(
            ledger: schema.ledger, tree: schema.tree, engine: database.driver.engine,
            databases: database.databases, role: .worker)
          var state = try await session.run { try planner.reader.read($0) }
          // Who serves is no less ready for a delta that another process runs, or did not get to the end of. What this
          // version needs and lacks is a step of the plan.
          state.attempts = []
          _ = try planner.plan(state)
        }
      } catch let failure as AdminFailure {
        reasons.append(failure.message)
      } catch let error as GradusError {
        reasons.append("database '\(database.name)': \(Self.text(error))")
      } catch {
        reasons.append("database '\(database.name)' cannot be looked at")
      }
    }
    return reasons
  }

  /// Messages of other errors may name hosts and processes.
  private static func text(_ error: GradusError) -> String {
    switch error.code {
    case .databaseTooNew, .workerMayNotMigrate: error.message
    default: "it is not as this version needs it (\(error.code.rawValue)); 'status' says more"
    }
  }
}
