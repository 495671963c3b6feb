import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Updates that guards have queued, and that another program, which knows nothing of marks, has taken off the queue.
@Suite struct AbandonedUpdateTests {
  /// What the guards have left would otherwise be missing for good: no position tells of it.
  @Test(arguments: TestDatabase.availableEngines, [true, false])
  func isQueuedAgain(engine: Engine, hasQueue: Bool) async throws {
    let tree = try GuardTests.shop(hasQueue: hasQueue)
    try await GuardTests.with(engine, tree) { session, place in
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == ["purge_stale"])
      try await session.run { connection in
        try connection.execute(
          "INSERT INTO background_updates (update_name, progress_json) VALUES ('fill_totals', $1)",
          [.text(#"{"from":3}"#)])
        // An older version writes.
        try connection.execute("UPDATE orders SET amount = 1 WHERE id = 2")
        try connection.execute("DELETE FROM background_updates")
      }
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == ["purge_stale"])
      #expect(
        try await GuardTests.values("SELECT progress_json FROM background_updates", session)
          == [.text(hasQueue ? "{}" : #"{"from":1}"#)])
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == [])
    }
  }

  /// A row without a position is before all others.
  @Test(arguments: TestDatabase.availableEngines)
  func goesOnAtTheFirstMark(engine: Engine) async throws {
    let tree = try GuardTests.shop(hasQueue: false)
    try await GuardTests.with(engine, tree) { session, place in
      try await session.run { connection in
        _ = try connection.execute(
          """
          INSERT INTO gradus_stale_marks (update_name, position, progress)
          VALUES ('fill_totals', 2, '2'), ('fill_totals', NULL, 'none'), ('fill_totals', 1, '1')
          """)
      }
      #expect(try await GuardTests.migrate(tree, to: 2, session, place) == ["purge_stale"])
      #expect(
        try await GuardTests.values("SELECT progress_json FROM background_updates", session) == ["none"])
    }
  }

  /// A delta of a release that was passed over has renamed it, and the record of the guards is of before.
  @Test(arguments: TestDatabase.availableEngines)
  func aQueueTableThatIsRenamedKeepsNoUpdateFromEnding(engine: Engine) async throws {
    try await GuardTests.with(engine, GuardTests.shop()) { session, _ in
      try await session.run { _ = try $0.execute("ALTER TABLE totals_queue RENAME TO customers_queue") }
      let left = try await session.transaction {
        try GuardedUpdate.progressLeft("fill_totals", at: "now", on: $0)
      }
      #expect(left == nil)
    }
  }

  /// Older writers wait meanwhile: not for the names of all tables, of which two may be one by Unicode's rules.
  @Test(arguments: TestDatabase.availableEngines)
  func theEndOfAnUpdateLooksForItsQueueTableAlone(engine: Engine) async throws {
    try await GuardTests.with(engine, GuardTests.shop()) { session, _ in
      let left = try await session.transaction { connection in
        for letter in ["\u{E9}", "e\u{301}"] {
          try connection.execute("CREATE TABLE \(SQLText.identifier(letter)) (id BIGINT)")
        }
        let before = try GuardedUpdate.progressLeft("fill_totals", at: "now", on: connection)
        try connection.execute("UPDATE orders SET amount = 1 WHERE id = 3")
        return [before, try GuardedUpdate.progressLeft("fill_totals", at: "now", on: connection)]
      }
      #expect(left == [nil, "now"])
    }
  }
}
