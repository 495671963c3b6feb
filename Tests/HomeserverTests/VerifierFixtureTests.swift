import GradusSQL
import GradusTestSupport
import HomeserverFixtures
import Testing

@testable import HomeserverSchema

/// The verifier against the tables of a real homeserver.
@Suite(.enabled(if: Fixtures.areAvailable, "the fixtures are not there; set GRADUS_FIXTURES"))
struct VerifierFixtureTests {
  @Test(arguments: TestDatabase.availableEngines)
  func rowsOfLiveServerAreRight(_ engine: Engine) async throws {
    try await FixtureDatabase.with("homeserver-small.sqlite", on: engine) { connection in
      let report = try connection.transaction(.read) { try DerivedRowsVerifier(.complete).verify($0) }
      #expect(report.isRight, "\(report)")
      #expect(report.rowsCompared > 736)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func rowsOfBackfillAreRight(_ engine: Engine) async throws {
    try await FixtureDatabase.with("homeserver-small.sqlite", on: engine) { connection in
      for (table, _) in TableDump.slidingSync { try connection.execute("DELETE FROM \(table)") }
      try UpdateLoop.runSlidingSync(size: 100, on: connection)
      let report = try connection.transaction(.read) { try DerivedRowsVerifier(.complete).verify($0) }
      #expect(report.isRight, "\(report)")
      #expect(report.rowsCompared > 736)
    }
  }

  @Test(arguments: TestDatabase.availableEngines, ["message", "new_room"])
  func staleRowsAreFound(_ engine: Engine, _ variant: String) async throws {
    try await FixtureDatabase.with("stale/\(variant)/homeserver.sqlite", on: engine) { connection in
      let report = try connection.transaction(.read) {
        try DerivedRowsVerifier(.complete).verify($0)
      }
      #expect(!report.isRight, "\(report)")
    }
  }
}
