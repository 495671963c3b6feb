import GradusSQL

/// Keeps older versions of the application off a database while its compat version rises past them.
///
/// With the fence up no process of those versions can announce itself; those that run already are waited for. On
/// PostgreSQL the raising transaction then takes the exclusive lock of every such version, and holds it and the fence
/// until it has committed: should the connection that has kept the fence up so far be lost, nothing slips through.
struct VersionFence {
  /// The compat version that the database has; nil where it has none.
  let from: Int?
  /// The compat version that it gets.
  let compat: Int
  let database: PhysicalDatabase
  let session: Session
  let timeout: Duration
  let report: @Sendable (MigrationEvent) -> Void
  /// The tables whose writes by the versions that are shut out nobody would look for any more.
  var sources: [String] = []
  /// How long transactions that write them are waited for at least: those of admitted versions, which are told apart by
  /// nothing, come and go.
  var leastTransactionTimeout: Duration = .zero

  private static let pollInterval = Duration.milliseconds(200)

  /// Raises the compat version behind the fence.
  ///
  /// - Parameter raise: does so in one transaction that calls its argument first. It may be called again where that has
  ///   thrown `FenceBroken`.
  /// - Throws: `GradusError` with code `versionsStillRunning`, or `lockTimeout` where the fence is broken until the time is
  ///   up; what `raise` throws.
  func close(_ raise: (_ seal: @escaping @Sendable (Connection) throws -> Void) async throws -> Void)
    async throws
  {
    var fence = try await putUp()
    do {
      try await waitAndRaise(&fence, raise)
      await fence.release()
    } catch {
      await fence.release()
      throw error
    }
  }

  private func putUp() async throws -> LiveLock {
    if let fence = try await LiveLock.tryTake(.fence, compat, of: database) { return fence }
    throw SQLError(.lockTimeout, "another session keeps the lock of the fence for compat version \(compat)")
  }

  private func waitAndRaise(
    _ fence: inout LiveLock,
    _ raise: (_ seal: @escaping @Sendable (Connection) throws -> Void) async throws -> Void
  ) async throws {
    let start = ContinuousClock.now
    var watch = FenceWatch(timeout: timeout)
    var announced: Set<Int> = []
    // Those that were open when none of these processes ran any more, and still are; nil before.
    var writes: Set<String>?
    while true {
      if await fence.failure() != nil { fence = try await putUp() }
      let holders = try await LiveVersions.holders(below: compat, of: database, on: session)
      announced.formUnion(holders.map(\.version))
      switch watch.observe(holders, after: .now - start) {
      case .giveUp: throw GradusError(stillRunning: holders, compat: compat, timeout: timeout)
      case .wait(let isNews):
        writes = nil
        if isNews { report(.versionsRunning(holders, compat: compat)) }
        try await Task.sleep(for: Self.pollInterval)
      case .proceed:
        let open = try await session.run { try OpenWrites.read(of: sources, $0) }
        let left = writes?.intersection(open.keys) ?? Set(open.keys)
        let isNews = left != writes
        writes = left
        guard left.isEmpty else {
          let writers = left.compactMap { open[$0] }.sorted()
          guard .now - start < max(timeout, leastTransactionTimeout) else { throw stillWriting(writers) }
          if isNews { report(.writesOpen(writers, compat: compat)) }
          try await Task.sleep(for: Self.pollInterval)
          continue
        }
        let versions = FenceScope.versions(from: from, to: compat, announced: announced)
        do {
          return try await raise { try seal($0, versions) }
        } catch is FenceBroken {
          writes = nil
          guard .now - start < timeout else {
            throw GradusError(
              .lockTimeout,
              "after \(timeout) the compat version of '\(database.shownName)' could not be raised to \(compat): a process of an older version has just started, or another session keeps a version's lock for itself",
              hint:
                "run again; or look for it in pg_locks, among the advisory locks in mode ExclusiveLock. The compat version was not raised"
            )
          }
          try await Task.sleep(for: .milliseconds(20))
        }
      }
    }
  }

  private func stillWriting(_ holders: [String]) -> GradusError {
    GradusError(
      .lockTimeout,
      "the compat version is to rise to \(compat), but transactions that write \(sources.joined(separator: ", ")) stay open: "
        + holders.joined(separator: "; "),
      hint:
        "one may be what a killed process of an older version has left: let it end, or end it (pg_terminate_backend, ROLLBACK PREPARED), and run again. The compat version was not raised"
    )
  }

  /// On SQLite the fence is this process's, and so is the transaction: they cannot go without each other.
  private func seal(_ connection: Connection, _ versions: [Int]) throws {
    guard connection.engine == .postgres else { return }
    func isTrue(_ function: String, _ key: AdvisoryKey) throws -> Bool {
      try connection.queryRow("SELECT \(function)($1, $2)", key.parameters)?[0].boolean ?? false
    }
    guard
      try isTrue("pg_try_advisory_xact_lock_shared", AdvisoryKey.read(.fence, compat, connection))
    else { throw FenceBroken() }
    let key = try AdvisoryKey.read(.live, compat, connection)
    for version in versions {
      guard try isTrue("pg_try_advisory_xact_lock", key.numbered(version)) else {
        throw FenceBroken()
      }
    }
    // Those of any other older version.
    guard try AdvisoryVersions.read(.live, connection).allSatisfy({ $0.version >= compat }) else {
      throw FenceBroken()
    }
  }
}
