import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Stale rows, and updates that a start completes beside: a row that these fill has a newer position than what is stale.
@Suite struct PurgeBeforeUpdatesTests {
  /// Fills a row of the derived table by the newest position, as what an update depends on may.
  private struct FillingCompleter: ForegroundCompleter {
    func knows(_ name: String) -> Bool { true }

    func complete(
      _ names: [String], of database: PhysicalDatabase, on session: Session,
      report: @escaping @Sendable (UpdateProgressReport) -> Void
    ) async throws {
      try await session.run { _ = try $0.execute("INSERT INTO totals VALUES ('dan', 5, 5)") }
      try await DeletingCompleter().complete(names, of: database, on: session, report: report)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatADeltaWaitsForHidesNothing(engine: Engine) async throws {
    let tree = try GuardTests.shop(guards: "")
    try tree.write(
      "delta/main/2/10_labels.sql", "CREATE TABLE labels (id BIGINT PRIMARY KEY, low TEXT, high TEXT);")
    try tree.write(
      "delta/main/2/11_high.updates.yaml",
      """
      updates:
        - {name: fill_high, kind: sync_column, table: labels, key: id, from: low, to: high, using: upper(low)}
      """)
    try await GuardTests.with(engine, tree) { session, place in
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == ["purge_stale"])
      #expect(try await GuardTests.migrate(tree, to: 1, session, place) == ["forget_watermarks"])
      try await session.run { connection in
        // The older version writes.
        try connection.execute("INSERT INTO orders VALUES (4, 'ann', 5), (5, 'dan', 5)")
        try connection.execute(
          "INSERT INTO background_updates (update_name, progress_json) VALUES ('fill_high', '{}')")
      }
      try tree.write(
        "delta/main/2/20_end.updates.yaml", "updates: [{name: end_high, kind: drop_sync, sync: fill_high}]\n")
      let plan = try await DatabaseMigrator(
        schema: try tree.definition(to: 2), database: PhysicalDatabase(driver: place.driver),
        completer: FillingCompleter()
      ).migrate(on: session)
      #expect(plan.steps.map(\.kind) == ["purge_stale", "apply_delta", "purge_stale"])
      #expect(
        try await GuardTests.values("SELECT customer FROM totals ORDER BY 1", session) == [
          "bob", "cat", "dan",
        ])
      #expect(try await GuardTests.values("SELECT customer FROM totals_queue", session) == ["ann"])
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == [])
    }
  }

  /// A delta that waits for nothing is no reason to purge twice.
  @Test(arguments: TestDatabase.availableEngines)
  func whatWaitsForNothingIsPurgedAfter(engine: Engine) async throws {
    let tree = try GuardTests.shop(guards: "")
    try await GuardTests.with(engine, tree) { session, place in
      try tree.write("delta/main/2/20_more.updates.yaml", "updates: [{name: more, kind: handler}]\n")
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == ["apply_delta", "purge_stale"])
    }
  }

  /// The ledger's migration lists no updates, but its rule queues one.
  @Test(arguments: TestDatabase.availableEngines)
  func whatAPurgeQueuesIsCompletedToo(engine: Engine) async throws {
    let tree = try GuardTests.shop(guards: "")
    try await GuardTests.with(engine, tree) { session, place in
      try await session.run { _ = try $0.execute("INSERT INTO orders VALUES (4, 'ann', 5)") }
      let plan = try await DatabaseMigrator(
        schema: try tree.definition(to: 3), database: PhysicalDatabase(driver: place.driver),
        completer: DeletingCompleter()
      ).migrate(on: session)
      #expect(plan.steps.map(\.kind).contains("purge_stale"))
      #expect(plan.steps.map(\.kind).contains("certify"))
      #expect(try await GuardTests.values("SELECT update_name FROM background_updates", session) == [])
    }
  }
}
