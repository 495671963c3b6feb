import Gradus
import GradusReports
import GradusSQL
import GradusUpdates
import Logging

/// What routes read from the databases.
struct AdminBackend: Sendable {
  let configuration: AdminConfiguration
  let databases: [DatabaseAccess]
  private let sampler = PaceSampler()
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
      queue = SharedReading(access) { session in
        try await session.run { try DatabaseReading.read($0, registry: registry, counts: counts) }
      }
      queueAndCertificates = SharedReading(access) { session in
        try await session.run {
          try DatabaseReading.read($0, registry: registry, counts: counts, withCertificates: true)
        }
      }
      certificates = SharedReading(access) { session in
        try await session.run { try DatabaseReading.read($0, registry: nil, withCertificates: true) }
      }
      status = SharedReading(access) { session in
        let report = try await StatusReport(database, context, session, counts: counts)
        return (report, try await session.run { try DatabaseReading.read($0, registry: nil) })
      }
    }
  }

  init(_ configuration: AdminConfiguration) {
    self.configuration = configuration
    databases = configuration.databases.map {
      DatabaseAccess($0, timeout: configuration.databaseTimeout, logger: configuration.logger)
    }
    shared = databases.map { SharedReadings($0, configuration.reports) }
  }

  var registry: UpdateRegistry { configuration.reports.registry }

  /// The queue of each database.
  func readings(withCertificates: Bool = false) async throws -> [(name: String, reading: DatabaseReading)] {
    var readings: [(String, DatabaseReading)] = []
    for database in shared {
      let reading = withCertificates ? database.queueAndCertificates : database.queue
      readings.append((database.name, try await reading.value()))
    }
    return readings
  }

  /// The certificates of each database.
  func certificates() async throws -> [CertificateReport] {
    var reports: [CertificateReport] = []
    for database in shared {
      reports += try await database.certificates.value().certificates(of: database.name)
    }
    return reports
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
  func documents(_ updates: [UpdateReport], _ reading: DatabaseReading, database: String) -> [UpdateDocument]
  {
    let current = configuration.tracker.running(database)
    let queued = Set(updates.map(\.name))
    var documents = updates.map { update in
      let isRunning =
        !update.workers.isEmpty || update.name == current || reading.workedAt.contains(update.name)
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
      documents[index].pace = own?.left == nil ? paces[name] ?? own : own
    }
    return documents
  }

  func documents(_ reading: DatabaseReading, database: String) -> [UpdateDocument] {
    documents(reading.listings.map { UpdateReport($0, database: database) }, reading, database: database)
  }

  /// The whole state of each database; of one that cannot be looked at, why.
  ///
  /// - Throws: what the first database does, where none can be looked at.
  func status() async throws -> [DatabaseDocument] {
    // At once: each that does not answer takes all the time that there is.
    let looks = shared.map { database in Task { try await database.status.value() } }
    var documents: [DatabaseDocument] = []
    var failures: [any Error] = []
    for (access, look) in zip(databases, looks) {
      let database = access.database
      do {
        let (report, reading) = try await look.value
        documents.append(
          DatabaseDocument(
            isPaused: reading.isPaused, report: report,
            updates: self.documents(report.updates, reading, database: database.name)))
      } catch  where !(error is CancellationError) {
        failures.append(error)
        let report = StatusReport(of: database, configuration.reports, error: reason(of: error, database))
        documents.append(DatabaseDocument(isPaused: false, report: report, updates: []))
      }
    }
    if let failure = failures.first, failures.count == documents.count { throw failure }
    return documents
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

  func plan() async throws -> PlanDocument {
    var reports: [PlanReport] = []
    let context = configuration.reports
    for access in databases {
      let database = access.database
      reports.append(
        try await access.perform { session in
          let plan = try await DatabaseMigrator(schema: context.schema, database: database).lookingBack()
            .plan(on: session)
          return try await PlanReport(plan, database, context.registry, session, includeSQL: false)
        })
    }
    return PlanDocument(databases: reports)
  }
}
