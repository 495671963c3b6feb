import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// One plan over two physical databases, of which one fails.
@Suite struct SeveralDatabasesTests {
  enum Cause: String, CaseIterable { case unreachable, syntax, tooNew }

  /// What can be known beforehand of `state` keeps `main` from being changed.
  @Test(arguments: TwoDatabases.Places.available, Cause.allCases)
  func nothingIsChangedWhereOneCannotBegin(places: TwoDatabases.Places, cause: Cause) async throws {
    try await TwoDatabases.with(places, .mainAndState(), losesState: cause == .unreachable) { two in
      try await #require(two.gradus("migrate", "--to", "1").code == 0)
      let before = try await DatabaseDump.lines(two.main)
      let file = TemporarySchema.delta("state", 3)
      switch cause {
      case .unreachable: try await two.takeStateAway()
      case .syntax: try two.schema.write(file, "CREATE TABLE notes_3 (id BIGINT PRIMARY KEY;")
      case .tooNew: try await two.state.execute("UPDATE schema_compat_version SET compat_version = 99")
      }

      for command in ["plan", "migrate"] {
        let result = try await two.gradus(command)
        // A file that is away is a new database to be made, unless its folder is away, too.
        #expect(result.code == (cause == .tooNew ? 3 : 1), "\(result)")
        #expect(result.messages.contains("database 'state'"), "\(result)")
        #expect(!result.messages.contains("database 'main'"), "\(result)")
      }
      #expect(try await DatabaseDump.lines(two.main) == before)

      switch cause {
      case .unreachable: try await two.bringStateBack()
      case .syntax: try two.schema.write(file, TemporarySchema.step("notes", 3))
      case .tooNew: try await two.state.execute("UPDATE schema_compat_version SET compat_version = 1")
      }
      try await expectCompletion(two)
    }
  }

  /// A delta fails half way: whole deltas only, the database whose turn had not come untouched, and a rerun ends it.
  @Test(arguments: TwoDatabases.Places.available, ["main", "state"])
  func oneFailsHalfWay(places: TwoDatabases.Places, failing: String) async throws {
    try await TwoDatabases.with(places, .mainAndState()) { two in
      try await #require(two.gradus("migrate", "--to", "1").code == 0)
      let before = try await DatabaseDump.lines(two.state)
      let (file, table) = (TemporarySchema.delta(failing, 2), failing == "main" ? "orders" : "notes")
      let step = TemporarySchema.step(table, 2)
      try two.schema.write(file, step + "\nINSERT INTO missing VALUES (1);")

      let result = try await two.gradus("migrate")
      #expect(result.code == 1, "\(result)")
      #expect(result.messages.contains("error: database '\(failing)': "), "\(result)")
      #expect(result.messages.contains(file.split(separator: "/").last!), "\(result)")
      let broken = failing == "main" ? two.main : two.state
      let tables = try await broken.open().run { try CatalogTables.names($0) }
      #expect(tables.contains("\(table)_1") && !tables.contains("\(table)_2"))
      #expect(
        try await broken.values("SELECT file FROM applied_schema_deltas ORDER BY 1")
          == [.text("2/01_\(failing)_step.sql")])
      if failing == "main" {
        #expect(try await DatabaseDump.lines(two.state) == before)
      } else {
        #expect(try await two.main.values("SELECT count(*) FROM applied_schema_deltas") == [4])
      }

      try two.schema.write(file, step)
      try await expectCompletion(two)
    }
  }

  /// Commands that look at both say which cannot be looked at.
  @Test(arguments: TwoDatabases.Places.available)
  func commandsNameTheOneThatIsDown(places: TwoDatabases.Places) async throws {
    try await TwoDatabases.with(places, .mainAndState(), losesState: true) { two in
      try await #require(two.gradus("migrate").code == 0)
      let before = try await DatabaseDump.lines(two.main)
      try await two.takeStateAway()
      for command in [["updates", "run"], ["updates", "pause"], ["can-rollback", "--to", "1"], ["status"]] {
        let result = try await two.start(command).result()
        #expect(result.code == 1, "\(command): \(result)")
        #expect(result.messages.contains("error: database 'state': "), "\(command): \(result)")
        // What can be seen is shown where that is all that is asked for.
        #expect(result.output.contains("touch_orders") == (command == ["status"]), "\(command): \(result)")
      }
      // To programs each is told, with why nothing is known of it.
      let status = try await two.gradus("status", "--format", "json")
      #expect(status.code == 1, "\(status)")
      let databases = try #require(try status.object()["databases"] as? [[String: Any]])
      #expect(databases.map { $0["name"] as? String } == ["main", "state"], "\(status)")
      #expect(databases.map { $0["error"] == nil } == [true, false], "\(status)")
      #expect((databases.last?["error"] as? String)?.hasPrefix("database 'state': ") == true, "\(status)")
      #expect(try await DatabaseDump.lines(two.main) == before)
      try await two.bringStateBack()
      try await expectCompletion(two)
    }
  }

  /// A server goes while updates run: those of the other are completed, and a rerun completes the rest.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func updatesOfTheOtherAreCompleted() async throws {
    let schema = try TemporarySchema.mainAndState(rows: 300)
    try await TwoDatabases.with(.servers, schema, losesState: true) { two in
      try two.configure(
        """
        background_updates:
          {min_batch_size: 10, default_batch_size: 10, max_batch_size: 10, lock_timeout_ms: 300000,
           reconnect_timeout_ms: 500}
        """)
      try await #require(two.gradus("migrate").code == 0)
      let gate = try await RowGate.close("notes", 150, in: two.state)
      let run = try two.start(["updates", "run"])
      try await gate.waitForSomebody()
      try await two.stateServer?.stop(.immediate)
      let result = try await run.result()
      #expect(result.code == 1, "\(result)")
      #expect(result.messages.contains("error: database 'state': "), "\(result)")
      #expect(result.messages.contains("run again"), "\(result)")
      #expect(result.output == "main: completed: 1\n", "\(result)")
      #expect(try await two.main.values("SELECT count(*) FROM orders WHERE touched = 1") == [300])
      try await two.stateServer?.start()
      try await expectCompletion(two, rows: 300)
    }
  }

  private func expectCompletion(_ two: TwoDatabases, rows: Int64 = 200) async throws {
    let migration = try await two.gradus("migrate")
    #expect(migration.code == 0, "\(migration)")
    let run = try await two.gradus("updates", "run")
    #expect(run.code == 0, "\(run)")
    for (database, table) in [(two.main, "orders"), (two.state, "notes")] {
      #expect(
        try await database.values("SELECT count(*) FROM \(table) WHERE touched = 1") == [.integer(rows)])
      for number in 1...3 {
        #expect(
          try await database.values("SELECT count(*) FROM \(table)_\(number)") == [.integer(Int64(number))])
      }
      #expect(try await database.values("SELECT count(*) FROM applied_schema_deltas") == [4])
      #expect(try await database.values("SELECT version FROM schema_version") == [2])
    }
  }
}
