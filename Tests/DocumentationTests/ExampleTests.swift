import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// The programs that the documentation shows, run as their readers would run them.
@Suite struct ExampleTests {
  @Test(arguments: TestDatabase.availableEngines) func anEmptyDatabaseIsMadeAndServed(_ engine: Engine)
    async throws
  {
    try await TestDatabase.withDatabase(engine) { database in
      let tree = try TemporarySchema.totals()
      let program = try Program.examplePlain.start([tree.root.path, database.address])
      try await program.waits(forMessage: "the shop is open")
      #expect(try await database.values("SELECT version FROM schema_version") == [2])
      program.send(SIGTERM)
      let result = try await program.result()
      #expect(result.code == 0, "\(result)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines) func updatesRunBeside(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let tree = try TemporarySchema.totals()
      try await tree.begin(on: database, orders: 300)
      let program = try Program.examplePlain.start([tree.root.path, database.address])
      try await program.waits(forMessage: "the shop is open")
      // Queued, not completed at the start: no version relies on it yet.
      #expect(try await database.values("SELECT update_name FROM background_updates") == ["fill_totals"])
      let deadline = ContinuousClock.now + .seconds(60)
      while try await database.values("SELECT 1 FROM background_updates") != [] {
        try #require(ContinuousClock.now < deadline, "the update does not end: \(program.messages)")
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(try await database.values("SELECT CAST(sum(amount) AS BIGINT) FROM totals") == [300])
      program.send(SIGTERM)
      let result = try await program.result()
      #expect(result.code == 0, "\(result)")
    }
  }

  /// After a rollback the database's version is not that of the program, whose work is looked at and certified as its own.
  @Test(arguments: TestDatabase.availableEngines) func updatesRunAsTheProgramsVersion(_ engine: Engine)
    async throws
  {
    try await TestDatabase.withDatabase(engine) { database in
      let tree = try TemporarySchema.totals()
      try await tree.begin(on: database, orders: 1)
      let migrated = try await Program.gradus.run(
        ["migrate", "--schema-root", tree.root.path, "--database", database.address])
      try #require(migrated.code == 0, "\(migrated)")
      try await database.execute("UPDATE schema_version SET version = 9")
      let program = try Program.examplePlain.start([tree.root.path, database.address])
      let certified = "SELECT version FROM gradus_update_certificates"
      let deadline = ContinuousClock.now + .seconds(60)
      while try await database.values(certified) == [] {
        try #require(ContinuousClock.now < deadline, "the update does not end: \(program.messages)")
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(try await database.values(certified) == [2])
      program.send(SIGTERM)
      let result = try await program.result()
      #expect(result.code == 0, "\(result)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines) func aVersionThatIsShutOutDoesNotStart(_ engine: Engine)
    async throws
  {
    try await TestDatabase.withDatabase(engine) { database in
      let tree = try TemporarySchema.totals()
      try await tree.begin(on: database, orders: 1)
      try await database.execute("UPDATE schema_version SET version = 9")
      try await database.execute("UPDATE schema_compat_version SET compat_version = 8")
      let result = try await Program.examplePlain.run([tree.root.path, database.address])
      #expect(result.code == 3, "\(result)")
      #expect(try await database.values("SELECT version FROM schema_version") == [9])
    }
  }

  @Test func theServerAnswersWhileUpdatesRun() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let tree = try TemporarySchema.totals()
      try await tree.begin(on: database, orders: 300)
      let program = try Program.exampleHummingbird.start([tree.root.path, database.address, "0"])
      try await program.waits(forMessage: "listening on ")
      let match = try #require(program.messages.firstMatch(of: /listening on 127\.0\.0\.1:(\d+)/))
      let client = RawHTTP(.port(try #require(UInt16(match.1))))
      #expect(try await client.send("GET", "/health").status == 200)
      // The last customer, whom the update has not come to.
      let early = try await client.send("GET", "/totals/customer-29")
      #expect(early.status == 200 && early.body == "10\n", "\(early)")
      #expect(try await database.values("SELECT update_name FROM background_updates") == ["fill_totals"])

      let deadline = ContinuousClock.now + .seconds(60)
      while try await database.values("SELECT 1 FROM background_updates") != [] {
        try #require(ContinuousClock.now < deadline, "the update does not end: \(program.messages)")
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(try await database.values("SELECT count(*) FROM totals") == [30])
      #expect(try await client.send("GET", "/totals/customer-29").body == "10\n")
      #expect(try await client.send("GET", "/totals/nobody").body == "0\n")
      program.send(SIGTERM)
      let result = try await program.result()
      #expect(result.code == 0, "\(result)")
    }
  }

  @Test func whatIsWrongIsSaid() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let tree = try TemporarySchema.totals()
      for (program, arguments, code, message) in [
        (.examplePlain, [], 64, "usage: example-plain SCHEMA-FOLDER DATABASE"),
        (.examplePlain, ["/nowhere", database.address], 1, "cannot read the ledger"),
        (.exampleHummingbird, [], 64, "usage: example-hummingbird SCHEMA-FOLDER SQLITE-FILE PORT"),
        (.exampleHummingbird, [tree.root.path, database.address, "65536"], 64, "usage: "),
        (.exampleHummingbird, ["/nowhere", database.address, "0"], 1, "cannot read the ledger"),
      ] as [(Program, [String], Int32, String)] {
        let result = try await program.run(arguments)
        #expect(result.code == code && result.messages.contains(message), "\(arguments): \(result)")
      }
      try await tree.begin(on: database, orders: 1)
      try await database.execute("UPDATE schema_version SET version = 9")
      try await database.execute("UPDATE schema_compat_version SET compat_version = 8")
      let result = try await Program.exampleHummingbird.run([tree.root.path, database.address, "0"])
      #expect(result.code == 3, "\(result)")
    }
  }
}
