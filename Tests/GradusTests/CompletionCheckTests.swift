import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Whether a program without code for updates may take the step that needs them complete: where they are.
@Suite struct CompletionCheckTests {
  /// Has code for no update.
  private struct Stranger: ForegroundCompleter {
    func knows(_ name: String) -> Bool { false }

    func complete(
      _ names: [String], of database: PhysicalDatabase, on session: Session,
      report: @escaping @Sendable (UpdateProgressReport) -> Void
    ) async throws {}
  }

  private func migrate(
    _ tree: TemporarySchema, to version: Int, _ database: TestDatabase, hasCompleter: Bool
  ) async throws {
    try await DatabaseMigrator(
      schema: try tree.definition(to: version), database: PhysicalDatabase(driver: database.driver),
      completer: hasCompleter ? Stranger() : nil
    ).migrate(on: try await database.open())
  }

  /// As if a program with code for it had done so.
  private func complete(_ database: TestDatabase) async throws {
    try await database.open().transaction { connection in
      try connection.execute("DELETE FROM background_updates")
      try connection.execute(
        """
        INSERT INTO gradus_update_certificates
          (update_name, completed_at, completed_by, scanned, written, duration_ms, verified)
        VALUES ('fill_totals', 0, 'another', 0, 0, 0, '')
        """)
    }
  }

  private func expectRefusal(_ tree: TemporarySchema, _ database: TestDatabase, hasCompleter: Bool)
    async throws
  {
    let error = await #expect(throws: GradusError.self) {
      try await migrate(tree, to: 3, database, hasCompleter: hasCompleter)
    }
    #expect(error?.code == .updatesPending)
    #expect(error?.message.contains("no code for it") == true)
    let compat = try await database.open().run {
      try $0.queryRow("SELECT compat_version FROM schema_compat_version")?[0]
    }
    #expect(compat == 1)
  }

  /// The deltas of the version that relies on it come after that step, and are no reason to ask for it.
  @Test(arguments: TestDatabase.availableEngines, [true, false])
  func whatIsCompleteNeedsNoCode(engine: Engine, hasCompleter: Bool) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, to: 2, database, hasCompleter: hasCompleter)
      try await complete(database)
      try await migrate(tree, to: 3, database, hasCompleter: hasCompleter)
      let completed = try await database.open().run {
        try $0.query("SELECT name FROM gradus_migrations").map { $0[0] }
      }
      #expect(completed == ["totals"])
    }
  }

  /// Its name may be misspelt.
  @Test(arguments: TestDatabase.availableEngines, [true, false])
  func whatHasNoCertificateDoes(engine: Engine, hasCompleter: Bool) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, to: 2, database, hasCompleter: hasCompleter)
      try await database.open().transaction { try $0.execute("DELETE FROM background_updates") }
      try await expectRefusal(tree, database, hasCompleter: hasCompleter)
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [true, false])
  func whatIsQueuedDoes(engine: Engine, hasCompleter: Bool) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, to: 2, database, hasCompleter: hasCompleter)
      try await expectRefusal(tree, database, hasCompleter: hasCompleter)
    }
  }

  /// As through a pooler, which no index is built over.
  private struct Hindered: ForegroundCompleter {
    func knows(_ name: String) -> Bool { true }

    func obstacle(to name: String, on session: Session) async throws -> String? { "the road is closed" }

    func complete(
      _ names: [String], of database: PhysicalDatabase, on session: Session,
      report: @escaping @Sendable (UpdateProgressReport) -> Void
    ) async throws {}
  }

  @Test(arguments: TestDatabase.availableEngines)
  func nothingHindersWhatIsComplete(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      func migrate(to version: Int) async throws {
        try await DatabaseMigrator(
          schema: try tree.definition(to: version), database: PhysicalDatabase(driver: database.driver),
          completer: Hindered()
        ).migrate(on: try await database.open())
      }
      try await migrate(to: 2)
      let error = await #expect(throws: GradusError.self) { try await migrate(to: 3) }
      #expect(error?.message.contains("the road is closed") == true)
      try await database.open().transaction { try $0.execute("DELETE FROM background_updates") }
      try await migrate(to: 3)
    }
  }

  /// A process that is shut out may write until its end. By what that makes stale the database is not to be left with a
  /// compat version that this program can do nothing with.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsMadeStaleWhileItWaitsDoes(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await migrate(tree, to: 2, database, hasCompleter: true)
      try await session.transaction { connection in
        try connection.execute("INSERT INTO customers VALUES ('ann')")
        try connection.execute("INSERT INTO orders VALUES (1, 'ann', 10)")
        try connection.execute("INSERT INTO totals VALUES ('ann', 10, 1)")
      }
      try await complete(database)
      // Looks at all rows, so that nothing is stale when the next one is planned.
      try await migrate(tree, to: 2, database, hasCompleter: true)
      let physical = PhysicalDatabase(driver: database.driver)
      let old = try await VersionPresence.announce(version: 1, on: physical, checkingEvery: nil)
      let (waits, continuation) = AsyncStream.makeStream(of: Int.self)
      let migrator = DatabaseMigrator(
        schema: try tree.definition(to: 3), database: physical, options: .init(fenceTimeout: .seconds(600)),
        completer: Stranger()
      ) { event in
        if case .versionsRunning(_, let compat) = event { continuation.yield(compat) }
      }
      let migration = Task {
        defer { continuation.finish() }
        return try await migrator.migrate(on: Session.open(physical.driver))
      }
      var waiting = waits.makeAsyncIterator()
      #expect(await waiting.next() == 2)
      try await session.run { _ = try $0.execute("INSERT INTO orders VALUES (2, 'ann', 20)") }
      await old.release()
      let error = await #expect(throws: GradusError.self) { _ = try await migration.value }
      #expect(error?.code == .updatesPending)
      #expect(error?.message.contains("no code for it") == true)
      let compat = try await session.run {
        try $0.queryRow("SELECT compat_version FROM schema_compat_version")?[0]
      }
      #expect(compat == 1)
    }
  }

  /// It is not queued yet, but by a step before.
  @Test(arguments: TestDatabase.availableEngines, [true, false])
  func whatAPurgeQueuesDoes(engine: Engine, hasCompleter: Bool) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, to: 2, database, hasCompleter: hasCompleter)
      try await database.open().transaction { connection in
        try connection.execute("INSERT INTO customers VALUES ('ann')")
        try connection.execute("INSERT INTO orders VALUES (1, 'ann', 10), (2, 'ann', 20)")
        try connection.execute("INSERT INTO totals VALUES ('ann', 10, 1)")
      }
      try await complete(database)
      try await expectRefusal(tree, database, hasCompleter: hasCompleter)
    }
  }
}
