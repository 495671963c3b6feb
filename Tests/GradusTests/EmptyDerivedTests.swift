import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// A derived table that has never had a row, while an older version writes its source.
@Suite struct EmptyDerivedTests {
  /// The update was complete when there was nothing to derive from, and the ledger does not say what fills the table.
  @Test(arguments: TestDatabase.availableEngines, [true, false])
  func whatAnOlderVersionWritesIsDerived(engine: Engine, hasQueue: Bool) async throws {
    let tree = try GuardTests.shop(guards: "", hasQueue: hasQueue)
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      try await GuardTests.migrate(tree, to: 2, session, place)
      try await session.run { _ = try $0.execute("DELETE FROM background_updates") }
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == [])
      #expect(try await GuardTests.migrate(tree, to: 1, session, place) == [])
      try await session.transaction { connection in
        try connection.execute("INSERT INTO customers VALUES ('ann'), ('bob')")
        try connection.execute("INSERT INTO orders VALUES (1, 'ann', 10), (2, 'bob', 20), (3, 'dan', 30)")
      }
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == ["purge_stale"])
      #expect(
        try await GuardTests.values("SELECT customer FROM totals_queue ORDER BY 1", session)
          == (hasQueue ? ["ann", "bob"] : []))
      #expect(
        try await GuardTests.values("SELECT progress_json FROM background_updates", session) == ["{}"])
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == [])
    }
  }
}
