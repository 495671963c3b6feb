import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// Limits that a role or a database sets for the application's statements; PostgreSQL only.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
struct ServerLimitTests {
  /// Runs the queue on a session that has set limits, and has them afterwards.
  private func run(_ registry: UpdateRegistry, _ shop: Workshop) async throws -> [String] {
    try await shop.session.run { connection in
      try connection.execute("SET statement_timeout = '1h'")
      try connection.execute("SET lock_timeout = '1h'")
    }
    let completed = try await UpdateRunner(
      session: shop.session, database: shop.database, registry: registry, options: .fast, environment: .quiet
    ).run().completed
    let limits = try await shop.session.run { connection in
      try connection.queryRow("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")!
        .values
    }
    #expect(limits == ["1h", "1h"])
    return completed
  }

  /// A build that waits for older transactions longer than a lock may be waited for would leave an invalid index, and the
  /// next try begin anew.
  @Test func anIndexIsBuiltWithoutThem() async throws {
    let index = UpdateDeclaration(
      name: "index", kind: .index(.init(name: "ix", table: "numbers", columns: ["unlimited(b)"])))
    try await Workshop.with(.postgres, numbers: 3, [index.queueRow]) { shop in
      try await shop.session.run { connection in
        _ = try connection.execute(
          """
          CREATE FUNCTION unlimited(b BIGINT) RETURNS BIGINT IMMUTABLE LANGUAGE plpgsql AS $body$
          BEGIN
            IF current_setting('statement_timeout') <> '0' OR current_setting('lock_timeout') <> '0' THEN
              RAISE EXCEPTION 'there is a limit';
            END IF;
            RETURN b;
          END
          $body$
          """)
      }
      #expect(try await run(UpdateRegistry(declarations: [index]), shop) == ["index"])
    }
  }

  /// It reads whole tables at once, so that smaller batches are of no help.
  @Test func anUpdateIsVerifiedWithoutThem() async throws {
    try await Workshop.with(.postgres, [QueuedUpdate(name: "verifying")]) { shop in
      #expect(try await run(UpdateRegistry(handlers: [Verifying()]), shop) == ["verifying"])
      let certificate = try await shop.session.run { try UpdateCertificate.read("verifying", on: $0) }
      #expect(certificate?.verified == "0")
    }
  }

  /// What a session has not set for itself is its role's or the server's again, and follows them.
  @Test func otherLimitsAreNoneOfTheSession() async throws {
    try await Workshop.with(.postgres, [QueuedUpdate(name: "verifying")]) { shop in
      _ = try await UpdateRunner(
        session: shop.session, database: shop.database, registry: UpdateRegistry(handlers: [Verifying()]),
        options: .fast, environment: .quiet
      ).run()
      let source = try await shop.session.run { connection in
        try connection.queryRow("SELECT source FROM pg_settings WHERE name = 'statement_timeout'")![0]
      }
      #expect(source != "session")
    }
  }
}

/// Has nothing to do, and tells the limit under which it was verified.
private struct Verifying: HasNothingToDo {
  let name = "verifying"

  func verify(on connection: Connection) throws -> String {
    try connection.queryRow("SELECT current_setting('statement_timeout')")!.text(0)
  }
}
