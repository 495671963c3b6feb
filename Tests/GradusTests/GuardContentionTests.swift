import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// A start of the application beside writers of an older version and beside batches of other processes. On SQLite there is
/// one writer at a time anyway.
@Suite(
  .enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"), .timeLimit(.minutes(5))
)
struct GuardContentionTests {
  /// A database at version 2 whose update is queued, with an order that the totals do not reflect.
  private static func with(
    _ body: (_ session: Session, _ place: TestDatabase, _ migration: GradualMigration) async throws -> Void
  ) async throws {
    let tree = try GuardTests.shop()
    let migration = try #require(try tree.definition(to: 2).ledger.gradualMigrations.first)
    try await GuardTests.with(.postgres, tree) { session, place in
      try await session.transaction { connection in
        try connection.writing(asVersion: 2) {
          try connection.execute("INSERT INTO orders VALUES (4, 'ann', 1)")
        }
        try connection.execute(
          "INSERT INTO background_updates (update_name, progress_json) VALUES ('fill_totals', '{}')")
      }
      try await body(session, place, migration)
    }
  }

  /// Purges, and has somebody write while the purge waits for the row of a key.
  private static func purge(
    _ migration: GradualMigration, _ session: Session, _ place: TestDatabase, beside statement: String
  ) async throws {
    let rule = try #require(migration.staleness.first)
    let (holder, writer) = (try await place.open(), try await place.open())
    try await holder.run { connection in
      try connection.execute("BEGIN")
      try connection.execute("SELECT 1 FROM totals WHERE customer = 'ann' FOR UPDATE")
    }
    async let purged: Void = session.transaction { try StalenessPurge(rule: rule, connection: $0).run() }
    try await holder.run { try $0.waitUntilSomebodyWaits() }
    try await writer.run { connection in
      // Only where it does wait.
      try connection.execute("SET lock_timeout = '10s'")
      try connection.execute(statement)
    }
    try await holder.run { _ = try $0.execute("ROLLBACK") }
    try await purged
  }

  /// A writer whose guard waited for the purge would do so with a key locked that the purge may come to.
  @Test func aWriterDoesNotWaitForAPurge() async throws {
    try await Self.with { session, place, migration in
      try await Self.purge(migration, session, place, beside: "INSERT INTO orders VALUES (5, 'bob', 1)")
      #expect(
        try await GuardTests.values("SELECT customer FROM totals_queue ORDER BY 1", session) == [
          "ann", "bob",
        ])
      #expect(try await GuardTests.values("SELECT customer FROM totals", session) == ["cat"])
    }
  }

  /// The row of a key goes by what its source was when the purge began, and so does the key into the queue table.
  @Test func aKeyWhoseSourceGoesMeanwhileIsQueued() async throws {
    try await Self.with { session, place, migration in
      try await Self.removeGuards(migration, session)
      try await Self.purge(migration, session, place, beside: "DELETE FROM orders WHERE id = 4")
      #expect(try await GuardTests.values("SELECT customer FROM totals_queue", session) == ["ann"])
      let left = try await GuardTests.values("SELECT customer FROM totals ORDER BY 1", session)
      #expect(left == ["bob", "cat"])
    }
  }

  enum Start: CaseIterable, Sendable { case purge, guards }

  private static func begin(
    _ start: Start, _ migration: GradualMigration, _ connection: Connection
  ) throws {
    switch start {
    case .purge:
      for rule in migration.staleness { try StalenessPurge(rule: rule, connection: connection).run() }
    case .guards: try GuardInstaller(connection: connection).install(migration, version: 2)
    }
  }

  private static func removeGuards(_ migration: GradualMigration, _ session: Session) async throws {
    try await session.transaction { try GuardInstaller(connection: $0).remove(migration.name) }
  }

  /// A batch that is about to take the update off the queue knows nothing of the keys that come into its queue table.
  @Test(arguments: Start.allCases)
  func aBatchThatEndsTheUpdateIsWaitedFor(start: Start) async throws {
    try await Self.with { session, place, migration in
      try await Self.removeGuards(migration, session)
      let batch = try await place.open()
      try await batch.run { connection in
        try connection.execute("BEGIN")
        try connection.execute("SELECT 1 FROM background_updates FOR UPDATE")
      }
      async let begun: Void = session.transaction { try Self.begin(start, migration, $0) }
      try await batch.run { connection in
        try connection.waitUntilSomebodyWaits()
        try connection.execute("DELETE FROM background_updates")
        try connection.execute("COMMIT")
      }
      try await begun
      if start == .guards {
        try await session.run { _ = try $0.execute("INSERT INTO orders VALUES (5, 'bob', 1)") }
      }
      #expect(
        try await GuardTests.values("SELECT update_name FROM background_updates", session) == ["fill_totals"])
    }
  }

  /// So too before the guards go, whose record tells the end of an update to look for keys.
  @Test func aBatchIsWaitedForBeforeTheGuardsGo() async throws {
    try await Self.with { session, place, migration in
      try await place.open().withOpenTransaction { connection in
        _ = try connection.query("SELECT 1 FROM background_updates FOR UPDATE")
      } _: {
        try await Self.removeGuards(migration, session)
      }
      #expect(try await GuardTests.values("SELECT migration FROM gradus_guards", session) == [])
    }
  }

  /// One of a range, which workers share, has the range's row locked, and not that of the queue.
  @Test(arguments: Start.allCases)
  func aBatchOfARangeIsWaitedFor(start: Start) async throws {
    try await Self.with { session, place, migration in
      try await Self.removeGuards(migration, session)
      let batch = try await place.open()
      try await batch.run { connection in
        try connection.execute(
          "INSERT INTO gradus_update_leases (update_name, part, expires_at) VALUES ('fill_totals', 1, 0)")
        try connection.execute("BEGIN")
        try connection.execute("SELECT 1 FROM gradus_update_leases FOR UPDATE")
      }
      async let begun: Void = session.transaction { try Self.begin(start, migration, $0) }
      try await batch.run { connection in
        try connection.waitUntilSomebodyWaits()
        try connection.execute("COMMIT")
      }
      try await begun
    }
  }

  /// One whose snapshot is older would see neither what was queued nor that there are guards: it fails, and begins anew.
  @Test(arguments: Start.allCases)
  func aBatchOfAnEarlierSnapshotFails(start: Start) async throws {
    try await Self.with { session, place, migration in
      try await Self.removeGuards(migration, session)
      let batch = try await place.open()
      try await batch.run { connection in
        try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        try connection.execute("SELECT 1 FROM totals_queue")
      }
      try await session.transaction { try Self.begin(start, migration, $0) }
      let error = await #expect(throws: SQLError.self) {
        try await batch.run { _ = try $0.execute("SELECT 1 FROM background_updates FOR UPDATE") }
      }
      #expect(error?.code == .serializationFailure)
      try await batch.run { _ = try $0.execute("ROLLBACK") }
    }
  }
}
