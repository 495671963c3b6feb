import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// What older versions, and updates of other processes, write while a start is at work.
@Suite struct LateWriteTests {
  /// Ends updates, and after the first time writes a source without announcing a version.
  private struct OvertakenCompleter: ForegroundCompleter {
    let runs = Box(0)

    func knows(_ name: String) -> Bool { true }

    func complete(
      _ names: [String], of database: PhysicalDatabase, on session: Session,
      report: @escaping @Sendable (UpdateProgressReport) -> Void
    ) async throws {
      try await DeletingCompleter().complete(names, of: database, on: session, report: report)
      runs.value += 1
      guard runs.value == 1 else { return }
      try await session.run { _ = try $0.execute("INSERT INTO orders VALUES (4, 'ann', 1)") }
    }
  }

  /// Its guards are still there, and queue the update again.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsMarkedAfterTheCompletionIsCompletedToo(engine: Engine) async throws {
    let tree = try GuardTests.shop(updates: "fill_totals")
    try await GuardTests.with(engine, tree) { session, place in
      let completer = OvertakenCompleter()
      let plan = try await DatabaseMigrator(
        schema: try tree.definition(to: 3), database: PhysicalDatabase(driver: place.driver),
        completer: completer
      ).migrate(on: session)
      #expect(plan.steps.map(\.kind).contains("certify"))
      #expect(completer.runs.value == 2)
      #expect(try await GuardTests.values("SELECT update_name FROM background_updates", session) == [])
      #expect(try await GuardTests.values("SELECT name FROM gradus_migrations", session) == ["totals"])
    }
  }

  /// What this process could not complete is not certified.
  @Test(arguments: TestDatabase.availableEngines)
  func whatCannotBeCompletedIsNotCertified(engine: Engine) async throws {
    let tree = try GuardTests.shop(updates: "fill_totals")
    try await GuardTests.with(engine, tree) { session, place in
      let schema = try tree.definition(to: 3)
      let executor = StepExecutor(
        tree: schema.tree, scripts: ScriptStore(), target: 3,
        database: PhysicalDatabase(driver: place.driver), session: session, completer: nil, report: { _ in },
        lockTimeout: .seconds(5), fenceTimeout: .zero, newCompat: nil,
        migrations: schema.ledger.gradualMigrations)
      try await session.run { _ = try $0.execute("INSERT INTO orders VALUES (4, 'ann', 1)") }
      let error = await #expect(throws: GradusError.self) {
        try await executor.execute(PlanStep(.certify(migration: "totals"), ""))
      }
      #expect(error?.code == .updatesPending)
      #expect(try await GuardTests.values("SELECT name FROM gradus_migrations", session) == [])
    }
  }

  /// The delta stands for an older version that writes while it runs: when the start was planned nothing was stale.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsWrittenWhileADeltaRunsIsPurged(engine: Engine) async throws {
    let tree = try GuardTests.shop(guards: "")
    try await GuardTests.with(engine, tree) { session, place in
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == ["purge_stale"])
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == [])
      try tree.write("delta/main/2/20_long.sql", "INSERT INTO orders VALUES (4, 'ann', 5);")
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == ["apply_delta", "purge_stale"])
      let left = try await GuardTests.values("SELECT customer FROM totals ORDER BY 1", session)
      #expect(left == ["bob", "cat"])
      #expect(try await GuardTests.values("SELECT customer FROM totals_queue", session) == ["ann"])
      #expect(
        try await GuardTests.values("SELECT update_name FROM background_updates", session) == ["fill_totals"])
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == [])
    }
  }
}
