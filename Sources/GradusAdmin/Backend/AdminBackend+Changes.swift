import Gradus
import GradusSQL
import GradusUpdates

/// What routes change. Each change is one transaction of its database.
extension AdminBackend {
  /// Pauses or resumes all updates of all databases, for all processes and over restarts. Where one of the databases
  /// cannot be used none is changed; what is changed nevertheless, as one is lost in between, is in the log.
  func setPaused(_ isPaused: Bool, by who: String) async throws {
    for access in databases { try await access.perform { try await prepare($0) } }
    for access in databases {
      try await access.perform(isRepeatable: false) { session in
        try await session.transaction { connection in
          let controls = QueueControls(connection)
          if isPaused { try controls.pause(by: who) } else { try controls.resume() }
        }
      }
      configuration.logger.info(
        "all updates were \(isPaused ? "paused" : "resumed")",
        metadata: ["database": "\(access.database.name)", "by": "\(who)"])
    }
    configuration.control.wake()
  }

  /// Changes what operators say of one queued update.
  ///
  /// - Returns: the update as it is then; where it has left the queue meanwhile, as it was changed.
  /// - Throws: `AdminFailure` where no queue has it, or several.
  func change(
    _ name: String, database: String?, _ body: @escaping @Sendable (QueueControls) throws -> Void
  ) async throws -> UpdateDocument {
    let access = try await find(name, database: database)
    var changed = try await change(access) { connection -> DatabaseReading in
      // It may have been completed since it was found.
      let controls = QueueControls(connection)
      guard try controls.isQueued(name) else { throw AdminFailure.notQueued(name) }
      try body(controls)
      // Rows are not counted where others wait for the transaction's end.
      return try DatabaseReading.read(connection, registry: UpdateRegistry())
    }
    configuration.control.wake()
    // It may have been completed since it was changed, or the database be lost.
    if let current = try? await document(name, access) { return current }
    let known = registry.names
    for index in changed.listings.indices {
      changed.listings[index].isKnown = known.contains(changed.listings[index].entry.name)
    }
    return try document(name, changed, access)
  }

  /// One queued update.
  ///
  /// - Throws: `AdminFailure` where no queue has it, or several.
  func document(_ name: String, database: String?) async throws -> UpdateDocument {
    try await document(name, find(name, database: database))
  }

  /// Queues a job's rows, all or none of them, where the main database is.
  ///
  /// - Returns: their names; nil where one of them is queued already.
  func start(_ job: AdminJob, _ values: [String: AdminJobValue]) async throws -> [String]? {
    guard let main = databases.map(\.database).main,
      let access = databases.first(where: { $0.database.name == main.name })
    else {
      throw AdminFailure.unavailable("no database holds 'main'", retryAfter: 60)
    }
    let version = configuration.reports.schema.ledger.version
    // Done anew, it might find its own rows and say that the job is queued already.
    let queued = try await access.perform(isRepeatable: false) {
      try await job.start(values, on: $0, version: version)
    }
    configuration.control.wake()
    return queued
  }

  private func find(_ name: String, database: String?) async throws -> DatabaseAccess {
    let asked = databases.filter { database == nil || $0.database.name == database }
    guard !asked.isEmpty else { throw AdminFailure.noSuch("no database is named so") }
    var holders: [DatabaseAccess] = []
    for access in asked {
      let queue = try await access.perform { session in
        try await session.run { try DatabaseStateReader(rules: []).read($0) }.queue
      }
      if queue.contains(where: { $0.name == name }) { holders.append(access) }
    }
    guard let holder = holders.first else { throw AdminFailure.notQueued(name) }
    guard holders.count == 1 else {
      let names = holders.map(\.database.name).joined(separator: ", ")
      throw AdminFailure(
        409, "GRADUS_AMBIGUOUS", "several databases queue '\(name)': \(names); give ?database=")
    }
    return holder
  }

  private func document(_ name: String, _ access: DatabaseAccess) async throws -> UpdateDocument {
    try document(name, try await reading(access), access)
  }

  private func document(
    _ name: String, _ reading: DatabaseReading, _ access: DatabaseAccess
  ) throws -> UpdateDocument {
    let documents = documents(reading, database: access.database.name)
    guard let document = documents.first(where: { $0.report.name == name }) else {
      throw AdminFailure.notQueued(name)
    }
    return document
  }

  /// Runs one transaction, if this version may work on the database at all.
  private func change<R: Sendable>(
    _ access: DatabaseAccess, _ body: @escaping @Sendable (Connection) throws -> R
  ) async throws -> R {
    try await access.perform(isRepeatable: false) { session in
      try await prepare(session)
      return try await session.transaction { try body($0) }
    }
  }

  /// Makes sure that this version may work on a database, and that what operators say has its tables there.
  private func prepare(_ session: Session) async throws {
    let state = try await session.run { try DatabaseStateReader(rules: []).read($0) }
    try Admission.checkExisting(state, version: configuration.reports.schema.ledger.version)
    try await session.run { try BookkeepingTables.ensure($0) }
  }
}

extension AdminFailure {
  static func notQueued(_ name: String) -> AdminFailure { .noSuch("no update is queued as '\(name)'") }
}
