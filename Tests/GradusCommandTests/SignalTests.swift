import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Ctrl-C and SIGTERM stop a command between two statements or within one, and nothing is lost.
@Suite struct SignalTests {
  private static let message =
    "stopped; the batch or step under way was rolled back, and a rerun goes on from there"

  @Test(arguments: TestDatabase.availableEngines, [SIGTERM, SIGINT])
  func updatesRunGoesOnAfterwards(engine: Engine, signal: Int32) async throws {
    try await Shop.with(engine, .slowUpdates()) { shop in
      try await shop.gradus("migrate")
      let program = try shop.start(
        [
          "updates", "run", "--format", "json", "--batch-size", "20", "--batch-duration", "5", "--sleep",
          "20",
        ])
      try await program.waits(for: "\"event\":\"batch\"")
      program.send(signal)
      let result = try await program.result()
      #expect(result.code == 130, "\(result)")
      #expect(result.messages.contains("stopped after the batch under way; a rerun goes on"), "\(result)")
      #expect(!result.messages.contains("error"), "\(result)")
      #expect(try await shop.database.values("SELECT count(*) FROM background_updates") == [3])
      let again = try await shop.gradus("updates", "run")
      #expect(again.code == 0, "\(again)")
      #expect(try await shop.database.values("SELECT DISTINCT touched FROM orders") == [1])
      #expect(try await shop.database.values("SELECT count(*) FROM totals") == [2_000])
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [SIGTERM, SIGINT])
  func aLongStatementIsInterrupted(engine: Engine, signal: Int32) async throws {
    try await Shop.with(engine, .endless()) { shop in
      // In a new database deltas share a transaction, and are told of once it is committed.
      try await shop.gradus("migrate", "--to", "1")
      let program = try shop.start(["migrate", "--format", "json"])
      try await program.waits(for: "apply delta/main/2/04_endless.sql")
      try await Task.sleep(for: .milliseconds(100))
      program.send(signal)
      let start = ContinuousClock.now
      let result = try await program.result()
      #expect(result.code == 130, "\(result)")
      #expect(ContinuousClock.now - start < .seconds(20))
      let error = try #require(try result.errors().last, "\(result)")
      #expect(error["code"] as? String == "cancelled" && error["exit_code"] as? Int == 130, "\(result)")
      #expect(error["message"] as? String == Self.message, "\(result)")
      #expect(try await !DatabaseDump.lines(shop.database).contains { $0.contains("endless") })
      try shop.schema.write("delta/main/2/04_endless.sql", "CREATE TABLE endless (id BIGINT);")
      #expect(try await shop.gradus("migrate").code == 0)
    }
  }

  /// It is not rolled back, and no rerun goes on by itself.
  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaOutsideATransactionIsNamed(engine: Engine) async throws {
    try await Shop.with(engine, .endless(inTransaction: false)) { shop in
      try await shop.gradus("migrate", "--to", "1")
      let program = try shop.start(["migrate", "--format", "json"])
      try await program.waits(for: "apply delta/main/2/04_endless.sql")
      let isThere =
        switch engine {
        case .sqlite: "SELECT count(*) FROM sqlite_master WHERE name = 'endless'"
        case .postgres: "SELECT count(*) FROM pg_class WHERE relname = 'endless'"
        }
      while try await shop.database.values(isThere) != [1] {
        try await Task.sleep(for: .milliseconds(50))
      }
      program.send(SIGTERM)
      let result = try await program.result()
      #expect(result.code == 130, "\(result)")
      #expect(!result.messages.contains("was rolled back"), "\(result)")
      let error = try #require(try result.errors().last, "\(result)")
      #expect(error["code"] as? String == "interruptedDelta", "\(result)")
      #expect(error["file"] as? String == "delta/main/2/04_endless.sql", "\(result)")
      let hint = error["hint"] as? String
      #expect(hint?.contains("migrate --retry-delta 2/04_endless.sql") == true, "\(result)")
      let again = try await shop.gradus("migrate")
      #expect(again.code == 1 && again.messages.contains("--retry-delta 2/04_endless.sql"), "\(again)")
    }
  }

  /// Before its first batch there is nothing to end in order. PostgreSQL alone: a lock keeps it there.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), arguments: [SIGTERM, SIGINT])
  func updatesRunIsCancelledBeforeItsFirstBatch(signal: Int32) async throws {
    try await Shop.with(.postgres, .slowUpdates()) { shop in
      try await shop.gradus("migrate")
      let gate = try await shop.database.open()
      try await gate.run { connection in
        try connection.execute("BEGIN")
        try connection.execute("LOCK TABLE background_updates IN ACCESS EXCLUSIVE MODE")
      }
      let program = try shop.start(["updates", "run"])
      try await gate.run { try $0.waitUntilSomebodyWaits() }
      program.send(signal)
      let result = try await program.result()
      #expect(result.code == 130, "\(result)")
      #expect(result.messages.contains(Self.message), "\(result)")
      try await gate.run { _ = try $0.execute("ROLLBACK") }
    }
  }

  /// Starts a command that connects to a server which takes connections and never answers.
  private func withSilentServer(
    _ command: [String], _ parameters: String = "", _ body: (RunningProgram) async throws -> ProgramResult
  ) async throws -> ProgramResult {
    let (listener, port) = try LoopbackSocket.listen()
    defer { close(listener) }
    let tree = try TemporarySchema.shop()
    defer { withExtendedLifetime(tree) {} }
    let program = try Program.gradus.start(
      command + [
        "--schema-root", tree.root.path, "--database",
        "postgres://shop@127.0.0.1:\(port)/shop?sslmode=disable\(parameters)",
      ])
    let client = await Task.detached { LoopbackSocket.accept(listener) }.value
    defer { client.map { _ = close($0) } }
    return try await body(program)
  }

  /// As long as the server is given. Of what only looks nothing is said to have been rolled back.
  @Test(arguments: [["status"], ["drift"], ["updates", "run"], ["migrate"]])
  func oneSignalEndsACommandThatConnects(command: [String]) async throws {
    let result = try await withSilentServer(command, "&connect_timeout=3600") { program in
      try await Task.sleep(for: .milliseconds(100))
      program.send(SIGTERM)
      return try await program.result()
    }
    #expect(result.code == 130, "\(result)")
    let isWork = command == ["updates", "run"] || command == ["migrate"]
    #expect(result.messages.contains(isWork ? Self.message : "stopped\n"), "\(result)")
  }

  /// Nor is the connection waited for that is still being made, where another signal follows.
  @Test(arguments: [["status"], ["updates", "run"], ["migrate"]])
  func aCommandThatConnectsForEverIsEnded(command: [String]) async throws {
    let result = try await withSilentServer(command) { program in
      while program.isRunning {
        try await Task.sleep(for: .milliseconds(100))
        program.send(SIGTERM)
      }
      return try await program.result()
    }
    #expect(result.code == 130, "\(result)")
  }
}
