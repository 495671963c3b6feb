import Gradus
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Settings of a role or a database that were made for the application's own statements.
@Suite(.serialized, .enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct LimitTests {
  /// For the test's own sessions.
  private static let unlimited =
    "options="
    + ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout"].map
  {
    "-c\($0)%3D0"
  }.joined(separator: "%20")

  private func withDatabase(
    _ setting: String, _ body: (TestDatabase, _ set: (String) async throws -> Void) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let name = try await database.values("SELECT current_database()::text")[0].text ?? ""
      // Sessions that are open keep what they have.
      try await body(database) { value in
        try await database.with(Self.unlimited).execute(
          value == ""
            ? "ALTER DATABASE \(name) RESET \(setting)" : "ALTER DATABASE \(name) SET \(setting) = '\(value)'"
        )
      }
    }
  }

  /// The isolation of transactions that do not say theirs. At a higher level than the default a transaction keeps its
  /// snapshot to its end, and that of a lock's would let a concurrent index build wait for ever.
  @Test(arguments: ["repeatable read", "serializable"])
  func isolation(level: String) async throws {
    let life = try Life.short()
    let expected = try await life.expected(.postgres)
    try await withDatabase("default_transaction_isolation") { database, set in
      try await set(level)
      try await life.run(database.driver)
      DatabaseDump.expectEqual(try await Life.result(database), expected, seed: 0)
    }
  }

  /// Each time a little higher, so that it is met at other places.
  @Test(arguments: [
    ("statement_timeout", "options=-cstatement_timeout%3D"), ("lock_timeout", "run again"),
    ("idle_in_transaction_session_timeout", "run again"), ("idle_session_timeout", "run again"),
  ])
  func aLimitThatIsTooTight(setting: String, advice: String) async throws {
    let life = try Life.short()
    let expected = try await life.expected(.postgres)
    try await withDatabase(setting) { database, set in
      var errors: [String] = []
      for milliseconds in [1, 3, 10, 30] {
        try await set("\(milliseconds)ms")
        do { try await life.run(database.driver) } catch { errors.append("\(error)") }
      }
      #expect(errors.allSatisfy { $0.contains(advice) }, "\(errors)")
      // No life is that quick; whether anybody waits or idles depends on the machine.
      #expect(!errors.isEmpty || setting != "statement_timeout")
      try await set("")
      await #expect(throws: Never.self) { try await life.run(database.driver) }
      DatabaseDump.expectEqual(try await Life.result(database), expected, seed: 0)
    }
  }
}
