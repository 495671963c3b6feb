import Foundation
import Gradus
import GradusTestSupport
import ProgramTestSupport
import GradusUpdates
import Testing

@testable import GradusCommand

/// The section `background_updates` of `gradus.yaml`.
@Suite struct UpdatesConfigurationTests {
  private func read(_ text: String) throws -> UpdateOptions {
    try ConfigurationFile.read(text, "gradus.yaml").updates
  }

  @Test func withoutItTheDefaultsHold() throws {
    let defaults = UpdateOptions()
    #expect(try read("database: x.db\n") == defaults)
    #expect(try read("background_updates:\n") == defaults)
    #expect(defaults.batches == BatchOptions())
    #expect(defaults.batches.targetDuration == .milliseconds(100) && defaults.batches.pause == .seconds(1))
    #expect(defaults.lockTimeout == .seconds(2) && defaults.statementTimeout == nil)
    #expect(defaults.leaseDuration == .seconds(30) && defaults.healthInterval == .seconds(5))
    #expect(UpdateOptions.foreground.batches == .foreground && UpdateOptions.foreground.health == .off)
  }

  @Test func theLayoutMayHoldQueries() throws {
    let layout = try ConfigurationFile.read(
      "layout: {delta: \"d/{database}/{version}\", queries: \"q/{version}.sql\"}\n", "gradus.yaml"
    ).layout
    #expect(layout.queries == "q/{version}.sql" && layout.ledger == SchemaLayout().ledger)
  }

  @Test func everyKeyIsRead() throws {
    let options = try read(
      """
      background_updates:
        background_update_duration_ms: 250
        sleep_enabled: true
        sleep_duration_ms: 1500
        min_batch_size: 10
        default_batch_size: 200
        max_batch_size: 5000
        max_failures: 3
        lock_timeout_ms: 500
        statement_timeout_ms: 60000
        lease_duration_ms: 15000
        windows: ["22:00-06:00", "sat,sun 00:00-24:00"]
        time_zone: Europe/Berlin
        health:
          replication_lag_ms: 2500.5
          wal_rate_bytes_per_s: 50000000
          lock_waiters: off
          latency_ms: 150
          busy_rate: 0.25
          wal_size_bytes: 0
          interval_ms: 1000
      """)
    let windows = try ["22:00-06:00", "sat,sun 00:00-24:00"].map { try TimeWindow(parsing: $0) }
    let expected = UpdateOptions(
      batches: BatchOptions(
        targetDuration: .milliseconds(250), pause: .milliseconds(1500), defaultBatchSize: 200,
        minBatchSize: 10,
        maxBatchSize: 5000, attempts: 3), lockTimeout: .milliseconds(500), statementTimeout: .seconds(60),
      leaseDuration: .seconds(15),
      windows: TimeWindows(windows, timeZone: try #require(TimeZone(identifier: "Europe/Berlin"))),
      health: HealthLimits([
        .replicationLag: 2500.5, .walRate: 50_000_000, .latency: 150, .busyRate: 0.25, .walSize: 0,
      ]), healthInterval: .seconds(1))
    #expect(options == expected)
  }

  @Test func whatIsNotSaidKeepsItsDefault() throws {
    let options = try read("background_updates: {health: {latency_ms: 80}, max_failures: 9}\n")
    var expected = UpdateOptions()
    expected.health[.latency] = 80
    expected.batches.attempts = 9
    #expect(options == expected)
  }

  @Test func sleepingMayBeOff() throws {
    let options = try read("background_updates: {sleep_enabled: false, sleep_duration_ms: 500}\n")
    #expect(options.batches.pause == .zero)
    #expect(try read("background_updates: {sleep_duration_ms: 0}\n").batches.pause == .zero)
  }

  @Test func healthMayBeOff() throws {
    #expect(try read("background_updates: {health: off}\n").health == .off)
  }

  @Test(arguments: [
    ("default_batch_sise: 5", "unknown key 'default_batch_sise'", "did you mean 'default_batch_size'?"),
    ("background_update_duration_ms: 0", "must be from 1 to 2147483647", nil),
    ("sleep_duration_ms: -1", "'sleep_duration_ms' must be from 0", nil),
    ("sleep_enabled: often", "expected true or false", nil),
    ("min_batch_size: 0", "'min_batch_size' must be from 1", nil),
    ("min_batch_size: 101", "is 101, more than 'default_batch_size', which is 100", "min_batch_size <="),
    ("max_batch_size: 99", "'default_batch_size' is 100, more than 'max_batch_size', which is 99", nil),
    ("default_batch_size: 1.5", "expected a whole number", nil),
    ("max_failures: 0", "'max_failures' must be from 1", nil),
    ("lock_timeout_ms: 0", "'lock_timeout_ms' must be from 1", nil),
    ("statement_timeout_ms: 3000000000", "'statement_timeout_ms' must be from 1", nil),
    ("lease_duration_ms: soon", "expected a whole number", nil),
    ("windows: 22:00-06:00", "expected a list", nil),
    ("windows: [at night]", "'at night'", "write 22:00-06:00"),
    ("windows: [[1]]", "expected a text", nil),
    ("time_zone: Europe/Berlim", "no time zone is named 'Europe/Berlim'", "did you mean 'Europe/Berlin'?"),
    ("health: [1]", "expected a mapping", nil),
    ("health: {replication_lag: 1}", "unknown key 'replication_lag'", "'replication_lag_ms'"),
    ("health: {latency_ms: on}", "expected a number or off", nil),
    ("health: {latency_ms: .nan}", "expected a number or off", nil),
    ("health: {latency_ms: -1}", "'latency_ms' must be 0 or more", nil),
    ("health: {busy_rate: 50}", "'busy_rate' must be from 0 to 1", nil),
    ("health: {interval_ms: 0}", "'interval_ms' must be from 1", nil),
  ])
  func whatIsWrongIsNamedWithItsLine(line: String, message: String, hint: String?) throws {
    let error = try #require(throws: GradusError.self) { () throws in
      _ = try read("database: x.db\nbackground_updates:\n  \(line)\n")
    }
    #expect(error.code == .invalidFile)
    #expect(error.message.contains(message), "\(error)")
    #expect("\(error)".hasPrefix("gradus.yaml:3:"), "\(error)")
    if let hint { #expect(error.hint?.contains(hint) == true, "\(error)") }
  }

  @Test func theCommandLineSaysSo() async throws {
    let tree = try TemporarySchema.shop()
    try tree.write("gradus.yaml", "database: x.db\nbackground_updates:\n  windows: [22-06]\n")
    let result = try await Program.gradus.run(["plan"], folder: tree.root)
    #expect(result.code == 1, "\(result)")
    #expect(result.messages.contains("gradus.yaml:3:13: '22-06' has no time of day"), "\(result)")
  }
}
