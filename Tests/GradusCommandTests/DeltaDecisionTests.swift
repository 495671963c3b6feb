import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A delta outside a transaction that was killed half way: what becomes of it is the operator's to say.
@Suite struct DeltaDecisionTests {
  private static let delta = "delta/main/2/04_endless.sql"

  /// Runs a test after a kill within the delta, whose table was made.
  private static func with(_ engine: Engine, _ body: (Shop) async throws -> Void) async throws {
    try await Shop.with(engine, .endless(inTransaction: false)) { shop in
      #expect(try await shop.gradus("migrate", "--to", "1").code == 0)
      let program = try shop.start(["migrate", "--to", "2", "--format", "json"])
      try await program.waits(for: "apply \(delta)")
      let isThere =
        switch engine {
        case .sqlite: "SELECT count(*) FROM sqlite_master WHERE name = 'endless'"
        case .postgres: "SELECT count(*) FROM pg_class WHERE relname = 'endless'"
        }
      while try await shop.database.values(isThere) != [1] { try await Task.sleep(for: .milliseconds(20)) }
      program.send(SIGKILL)
      #expect(try await program.result().signal == SIGKILL)
      if engine == .postgres {
        // Its server process would go on with the statement for a while.
        try await shop.database.execute(
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'gradus' AND datname = current_database()"
        )
      }
      let undecided = try await shop.gradus("migrate", "--to", "2")
      #expect(undecided.code == 1, "\(undecided)")
      #expect(undecided.messages.contains("did not get to its record"), "\(undecided)")
      try await body(shop)
      let count = "SELECT count(*) FROM applied_schema_deltas WHERE file = '2/04_endless.sql'"
      #expect(try await shop.database.values(count) == [1])
      #expect(try await shop.database.values("SELECT count(*) FROM gradus_delta_attempts") == [0])
      let next = try await shop.gradus("migrate", "--to", "2")
      #expect(next.code == 0 && next.output.hasSuffix("up to date at version 2\n"), "\(next)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func isRunAgain(engine: Engine) async throws {
    try await Self.with(engine) { shop in
      let misspelt = try await shop.gradus("migrate", "--to", "2", "--retry-delta", "2/04_endles.sql")
      #expect(misspelt.code == 1, "\(misspelt)")
      #expect(misspelt.messages.contains("did you mean '2/04_endless.sql'?"), "\(misspelt)")
      try shop.schema.write(
        Self.delta,
        """
        -- gradus:no-transaction
        CREATE TABLE IF NOT EXISTS endless (id BIGINT);
        INSERT INTO endless VALUES (7);
        """)
      let retry = try await shop.gradus("migrate", "--to", "2", "--retry-delta", "2/04_endless.sql")
      #expect(retry.code == 0, "\(retry)")
      #expect(try await shop.database.values("SELECT id FROM endless") == [7])
    }
  }

  /// Run again it would fail, as its table is there.
  @Test(arguments: TestDatabase.availableEngines)
  func isRecordedAsItIs(engine: Engine) async throws {
    try await Self.with(engine) { shop in
      let misspelt = try await shop.gradus("migrate", "--to", "2", "--mark-applied", "2/04_endles.sql")
      #expect(misspelt.code == 1, "\(misspelt)")
      #expect(misspelt.messages.contains("did you mean '2/04_endless.sql'?"), "\(misspelt)")
      let marked = try await shop.gradus("migrate", "--to", "2", "--mark-applied", "2/04_endless.sql")
      #expect(marked.code == 0, "\(marked)")
      #expect(try await shop.database.values("SELECT count(*) FROM endless") == [0])
    }
  }

  /// Where one of several databases was interrupted in a delta whose file is gone since, the decision is for that one.
  @Test(arguments: TestDatabase.availableEngines, ["--retry-delta", "--mark-applied"])
  func isForTheDatabaseThatWasInterrupted(engine: Engine, decision: String) async throws {
    try await Shop.with(engine) { shop in
      try await TestDatabase.withDatabase(engine) { other in
        try shop.configure(stateOn: other)
        func migrate(_ arguments: String...) async throws -> ProgramResult {
          try await Program.gradus.run(["migrate"] + arguments, folder: shop.schema.root)
        }
        let first = try await migrate()
        #expect(first.code == 0, "\(first)")
        try await other.execute(
          "INSERT INTO gradus_delta_attempts VALUES ('2/99_gone.sql', 1, 'gradus pid 1 on a')")
        let undecided = try await migrate()
        #expect(undecided.code == 1 && undecided.messages.contains("database 'state': "), "\(undecided)")
        let misspelt = try await migrate(decision, "2/98_gone.sql")
        #expect(misspelt.code == 1, "\(misspelt)")
        #expect(misspelt.messages.contains("no delta is recorded as '2/98_gone.sql'"), "\(misspelt)")
        let decided = try await migrate(decision, "2/99_gone.sql")
        #expect(decided.code == 0, "\(decided)")
        #expect(try await other.values("SELECT count(*) FROM gradus_delta_attempts") == [0])
        let next = try await migrate()
        #expect(next.code == 0, "\(next)")
      }
    }
  }
}
