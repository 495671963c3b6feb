import GradusSQL
package import GradusTestSupport

/// A primary, a standby that streams from it, and addresses by which clients find whichever of the two is the primary.
package struct ReplicatedPair: Sendable {
  package let primary: PostgresCluster
  package let standby: PostgresCluster

  /// How the two are named in a connection string.
  package enum Address: String, Sendable, CaseIterable {
    /// `?host=A,B&port=1,2`, folders of sockets.
    case sockets
    /// `//host:port,host:port/`.
    case tcp
  }

  /// - Parameter isSynchronous: whether a commit is only acknowledged when the standby has it, too.
  package static func start(isSynchronous: Bool) async throws -> ReplicatedPair {
    let primary = try await PostgresCluster.start()
    let pair = ReplicatedPair(primary: primary, standby: try await primary.startStandby())
    if isSynchronous {
      let session = try await primary.open()
      try await session.run { connection in
        try connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        try connection.execute("SELECT pg_reload_conf()")
      }
      try await pair.wait("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'", on: primary)
    } else {
      try await pair.wait("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'", on: primary)
    }
    return pair
  }

  /// The database on whichever of the two can be written.
  package func database(_ name: String, by address: Address = .sockets) -> TestDatabase {
    let place =
      switch address {
      case .sockets:
        "postgresql:///\(name)?host=\(primary.folder.path),\(standby.folder.path)&port=\(primary.port),\(standby.port)&user=postgres"
      case .tcp:
        "postgresql://postgres@127.0.0.1:\(primary.port),127.0.0.1:\(standby.port)/\(name)?connect_timeout=5"
      }
    return TestDatabase(at: .postgres(place + "&target_session_attrs=read-write"))
  }

  /// The primary crashes, and the standby takes its place.
  package func failOver() async throws {
    try await primary.stop(.immediate)
    try await standby.promote()
    // A commit would wait for a standby that is not there.
    try await standby.open().run { connection in
      try connection.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
      try connection.execute("SELECT pg_reload_conf()")
    }
  }

  /// Waits until a query on one of the two has rows.
  package func wait(_ sql: String, database: String = "postgres", on cluster: PostgresCluster) async throws {
    let session = try await cluster.open(database: database)
    let deadline = ContinuousClock.now + .seconds(60)
    while try await session.run({ try $0.queryRow(sql) }) == nil {
      guard ContinuousClock.now < deadline else { throw ProgramFailure(message: "no rows: \(sql)") }
      try await Task.sleep(for: .milliseconds(10))
    }
  }
}
