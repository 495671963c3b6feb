import Gradus
import GradusReports
import GradusSQL
import GradusUpdates
import Logging

/// What routes read from the databases.
struct AdminBackend: Sendable {
  let configuration: AdminConfiguration
  let databases: [DatabaseAccess]
  private let sampler: PaceSampler
  private let shared: [SharedReadings]

  /// What many ask for at the same time, of one database.
  private struct SharedReadings {
    let name: String
    let pause: SharedReading<DatabaseReading>
    let queue: SharedReading<DatabaseReading>
    let queueAndCertificates: SharedReading<DatabaseReading>
    let certificates: SharedReading<DatabaseReading>
    let status: SharedReading<(StatusReport, DatabaseReading)>

    init(_ access: DatabaseAccess, _ context: ReportContext) {
      let (database, registry, counts) = (access.database, context.registry, access.counts)
      name = database.name
      pause = SharedReading(access) { session in
        try await session.run { try DatabaseReading.read($0, registry: nil) }
      }
      // The original API does not tell what is left, which may take long to count.
      queue = SharedReading(access) { session in
        try await session.run { try DatabaseReading.read($0, registry: UpdateRegistry()) }
      }
      queueAndCertificates = SharedReading(access) { session in
        try await session.run {
          try DatabaseReading.read($0, registry: registry, counts: counts, withCertificates: true)
        }
      }
      certificates = SharedReading(access) { session in
        try await session.run { try DatabaseReading.read($0, registry: nil, withCertificates: true) }
      }
      let checksums = DeltaChecksums()
      status = SharedReading(access) { session in
        let report = try await StatusReport(database, context, session, counts: counts, checksums: checksums)
        return (report, try await session.run { try DatabaseReading.read($0, registry: nil) })
      }
    }
  }

  init(_ configuration: AdminConfiguration) {
    self.configuration = configuration
    sampler = PaceSampler(now: configuration.now)
    databases = configuration.databases.map {
      DatabaseAccess($0, timeout: configuration.databaseTimeout, logger: configuration.logger)
    }
    shared = databases.map { SharedReadings($0, configuration.reports) }
  }

  var registry: UpdateRegistry { configuration.reports.registry }

  /// The queue of each database.
  func readings() async throws -> [(name: String, reading: DatabaseReading)] {
    var readings: [(String, DatabaseReading)] = []
    for database in shared { readings.append((database.name, try await database.queue.value())) }
    return readings
  }

  /// The queue and the certificates of each database; of one that cannot be looked at, why.
  ///
  /// - Throws: what the first database does, where none can be looked at.
  func updates() async throws -> UpdatesAnswer {
    var answer = UpdatesAnswer()
    for (access, look) in zip(databases, try await looks({ try await $1.queueAndCertificates.value() })) {
      let name = access.database.name
      switch look {
      case .success(let reading):
        answer.paused = answer.paused || reading.isPaused
        answer.updates += documents(reading, database: name)
        answer.completed += reading.certificates(of: name)
      case .failure(let error): answer.errors.append(lost(access.database, by: error))
      }
    }
    return answer
  }

  /// The certificates of each database; of one that cannot be looked at, why.
  ///
  /// - Throws: what the first database does, where none can be looked at.
  func certificates() async throws -> CertificatesAnswer {
    var answer = CertificatesAnswer()
    for (access, look) in zip(databases, try await looks({ try await $1.certificates.value() })) {
      switch look {
      case .success(let reading): answer.completed += reading.certificates(of: access.database.name)
      case .failure(let error): answer.errors.append(lost(access.database, by: error))
      }
    }
    return answer
  }

  func reading(_ access: DatabaseAccess) async throws -> DatabaseReading {
    let (registry, counts) = (registry, access.counts)
    return try await access.perform { session in
      try await session.run { try DatabaseReading.read($0, registry: registry, counts: counts) }
    }
  }

  /// Whether updates are not paused on any database.
  func isEnabled() async throws -> Bool {
    for database in shared where try await database.pause.value().isPaused { return false }
    return true
  }

  /// The queue as the API shows it, with states and paces.
  func documents(_ updates: [UpdateReport], database: String) -> [UpdateDocument] {
    let current = configuration.tracker.running(database)
    let queued = Set(updates.map(\.name))
    var documents = updates.map { update in
      let isRunning = !update.workers.isEmpty || update.name == current
      let dependencies = registry.dependencies[update.name] ?? []
      return UpdateDocument(
        report: update,
        state: UpdateState(update, isRunning: isRunning, queued: queued, dependencies: dependencies))
    }
    let running = documents.filter { $0.state == .running }.map(\.report)
    let paces = sampler.sample(
      running, database: database, pause: configuration.reports.updates.batches.pause)
    for index in documents.indices where documents[index].state == .running {
      let name = documents[index].report.name
      let own = name == current ? configuration.tracker.pace(name, database: database) : nil
      let isOwn = own?.left != nil && paces[name] != UpdatePace.unknown
      documents[index].pace = isOwn ? own : paces[name] ?? own
    }
    return documents
  }

  func documents(_ reading: DatabaseReading, database: String) -> [UpdateDocument] {
    documents(reading.listings.map { UpdateReport($0, database: database) }, database: database)
  }

  /// The whole state of each database; of one that cannot be looked at, why.
  ///
  /// - Throws: what the first database does, where none can be looked at.
  func status() async throws -> [DatabaseDocument] {
    let looked = try await looks { try await $1.status.value() }
    return zip(databases, looked).map { access, look -> DatabaseDocument in
      let database = access.database
      switch look {
      case .success(let (report, reading)):
        return DatabaseDocument(
          isPaused: reading.isPaused, report: report,
          updates: documents(report.updates, database: database.name))
      case .failure(let error):
        let report = StatusReport(of: database, configuration.reports, error: reason(of: error, database))
        return DatabaseDocument(isPaused: false, report: report, updates: [])
      }
    }
  }

  /// What `migrate` would do to each database; of one that cannot be looked at, why.
  ///
  /// - Throws: `GradusError` where there is no plan for one of them; what the first database does, where none can be
  ///   looked at.
  func plan() async throws -> PlanDocument {
    let context = configuration.reports
    let looked = try await looks { access, _ -> PlanReport in
      let database = access.database
      return try await access.perform { session in
        let plan = try await DatabaseMigrator(schema: context.schema, database: database).lookingBack()
          .plan(on: session)
        return try await PlanReport(plan, database, context, session, includeSQL: false)
      }
    }
    let reports = try zip(databases, looked).map { access, look -> PlanReport in
      switch look {
      case .success(let report): return report
      case .failure(let error as GradusError): throw error
      case .failure(let error):
        return PlanReport(of: access.database, context, error: reason(of: error, access.database))
      }
    }
    return PlanDocument(databases: reports)
  }

  /// Looks at each database, at all of them at once: each that does not answer takes all the time that there is.
  ///
  /// - Returns: what was seen, or why nothing was, in the databases' order.
  /// - Throws: what the first database does, where none can be looked at; `CancellationError`.
  private func looks<Value: Sendable>(
    _ look: @escaping @Sendable (DatabaseAccess, SharedReadings) async throws -> Value
  ) async throws -> [Result<Value, any Error>] {
    let tasks = zip(databases, shared).map { access, shared in Task { try await look(access, shared) } }
    var results: [Result<Value, any Error>] = []
    for task in tasks { results.append(await task.result) }
    var failures: [any Error] = []
    for case .failure(let error) in results {
      if error is CancellationError { throw error }
      failures.append(error)
    }
    if let failure = failures.first, failures.count == results.count { throw failure }
    return results
  }

  private func lost(_ database: PhysicalDatabase, by error: any Error) -> DatabaseFailure {
    DatabaseFailure(database: database.name, error: reason(of: error, database))
  }

  /// What clients are told where one of several databases fails.
  private func reason(of error: any Error, _ database: PhysicalDatabase) -> String {
    // Its reason is in the log already.
    if let failure = error as? AdminFailure { return failure.message }
    configuration.logger.warning(
      "a database cannot be looked at", metadata: ["database": "\(database.name)", "error": "\(error)"])
    return (error as? GradusError)?.message
      ?? "the database '\(database.name)' cannot be used; the log says why"
  }
}
