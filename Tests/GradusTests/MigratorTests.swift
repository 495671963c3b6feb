import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

@Suite struct MigratorTests {
  private func migrator(
    _ schema: SchemaDefinition, _ database: PhysicalDatabase, _ options: DatabaseMigrator.Options = .init()
  ) -> DatabaseMigrator {
    DatabaseMigrator(schema: schema, database: database, options: options, completer: DeletingCompleter())
  }

  @discardableResult
  private func migrate(_ tree: TemporarySchema, to version: Int? = nil, _ database: TestDatabase) async throws
    -> Plan
  {
    let physical = PhysicalDatabase(driver: database.driver)
    return try await migrator(try tree.definition(to: version), physical).migrate(
      on: try await database.open())
  }

  private func values(_ sql: String, _ database: TestDatabase) async throws -> [SQLValue] {
    try await database.open().run { try $0.query(sql).map { $0[0] } }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func createsUpgradesAndRests(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, to: 1, database)
      #expect(try await values("SELECT version FROM schema_version", database) == [1])
      #expect(try await values("SELECT count(*) FROM applied_schema_deltas", database) == [0])
      try await migrate(tree, to: 2, database)
      let suffix = engine == .sqlite ? "sqlite" : "postgres"
      #expect(
        try await values("SELECT file FROM applied_schema_deltas ORDER BY file", database) == [
          "2/01_totals.sql", "2/02_fill.updates.yaml", .text("2/03_engine.sql.\(suffix)"),
        ])
      #expect(try await values("SELECT update_name FROM background_updates", database) == ["fill_totals"])
      #expect(try await values("SELECT compat_version FROM schema_compat_version", database) == [1])
      try await migrate(tree, database)
      #expect(try await values("SELECT compat_version FROM schema_compat_version", database) == [2])
      #expect(try await values("SELECT name FROM gradus_migrations", database) == ["totals"])
      #expect(try await migrate(tree, database).isEmpty)
      let error = await #expect(throws: GradusError.self) { try await migrate(tree, to: 1, database) }
      #expect(error?.code == .databaseTooNew)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anUpToDateDatabaseCostsOneStatementAndNoWrite(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      for version in [2, 3] {
        try await migrate(tree, to: version, database)
        let driver = CountingDriver(database.driver)
        let session = try await Session.open(driver)
        driver.reset()
        let plan = try await migrator(try tree.definition(to: version), PhysicalDatabase(driver: driver))
          .migrate(on: session)
        #expect(plan.isEmpty)
        #expect(driver.statements.count == 1)
        #expect(driver.statements.first?.hasPrefix("SELECT") == true)
      }
    }
  }

  /// As if another version had done it in between: the rows of 2 are written by 1, which does not know totals.
  @Test(arguments: TestDatabase.availableEngines)
  func purgesWhatAnOlderVersionMadeStale(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, to: 2, database)
      try await database.open().transaction { connection in
        try connection.execute("INSERT INTO customers VALUES ('ann'), ('bob'), ('cat')")
        try connection.execute("INSERT INTO orders VALUES (1, 'ann', 10), (2, 'bob', 20), (3, 'cat', 30)")
        try connection.execute("INSERT INTO totals VALUES ('ann', 10, 1), ('bob', 20, 2), ('cat', 30, 3)")
        try connection.execute("DELETE FROM background_updates")
      }
      // Once, to see whether the source bears all rows out.
      #expect(try await migrate(tree, to: 2, database).steps.map(\.kind) == ["purge_stale"])
      #expect(try await migrate(tree, to: 2, database).isEmpty)
      // The older version; one of its customers is unknown to the queue's foreign key.
      try await database.open().transaction { connection in
        try connection.execute("INSERT INTO orders VALUES (4, 'bob', 5), (5, 'nobody', 1)")
      }
      #expect(try await migrate(tree, to: 1, database).steps.map(\.kind) == ["forget_watermarks"])
      #expect(try await migrate(tree, to: 1, database).isEmpty)
      let plan = try await migrate(tree, to: 2, database)
      #expect(plan.steps.map(\.kind) == ["purge_stale"])
      #expect(try await values("SELECT customer FROM totals ORDER BY 1", database) == ["ann", "cat"])
      #expect(try await values("SELECT customer FROM totals_queue", database) == ["bob"])
      #expect(try await values("SELECT update_name FROM background_updates", database) == ["fill_totals"])
      // 'nobody' never gets a row; that must not purge at every start.
      #expect(try await migrate(tree, to: 2, database).isEmpty)
      // All are stale, and one of them is still queued.
      try await database.open().transaction { connection in
        try connection.execute("INSERT INTO orders VALUES (6, 'ann', 1), (7, 'bob', 1), (8, 'cat', 1)")
      }
      try await migrate(tree, to: 2, database)
      #expect(try await values("SELECT customer FROM totals", database) == [])
      #expect(
        try await values("SELECT customer FROM totals_queue ORDER BY 1", database) == ["ann", "bob", "cat"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func fillsAnEmptyDerivedTable(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, to: 2, database)
      try await database.open().transaction { try $0.execute("DELETE FROM background_updates") }
      #expect(try await migrate(tree, to: 2, database).isEmpty)
      try await database.open().transaction { try $0.execute("INSERT INTO orders VALUES (1, 'ann', 1)") }
      #expect(try await migrate(tree, to: 2, database).steps.map(\.kind) == ["purge_stale"])
      #expect(try await values("SELECT update_name FROM background_updates", database) == ["fill_totals"])
      #expect(try await migrate(tree, to: 2, database).isEmpty)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aSyntaxErrorIsNamedAndChangesNothing(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, to: 1, database)
      try tree.write(
        "delta/main/2/04_bad.sql", "-- fine\nCREATE TABLE fine (id BIGINT);\n\nCREATE TABL bad (id BIGINT);\n"
      )
      let error = try #require(
        await #expect(throws: GradusError.self) { try await migrate(tree, to: 2, database) })
      #expect(error.file == "delta/main/2/04_bad.sql")
      #expect(error.position == SourcePosition(line: 4, column: 8))
      #expect(error.cause?.statement?.hasPrefix("CREATE TABL bad") == true)
      #expect(try await values("SELECT version FROM schema_version", database) == [1])
      #expect(try await values("SELECT count(*) FROM applied_schema_deltas", database) == [0])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aFailingDeltaLeavesNothingOfItself(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      try tree.write(
        "delta/main/2/04_bad.sql", "CREATE TABLE fine (id BIGINT);\nINSERT INTO missing VALUES (1);\n")
      let error = try #require(
        await #expect(throws: GradusError.self) { try await migrate(tree, to: 2, database) })
      #expect(error.code == .deltaFailed)
      #expect(error.position?.line == 2)
      #expect(error.message == "statement 2 failed")
      #expect(error.cause?.code == .undefinedObject)
      let tables = try await database.open().run { try CatalogTables.names($0) }
      #expect(!tables.contains("fine"))
      #expect(tables.contains("totals"))
      try tree.write("delta/main/2/04_bad.sql", "CREATE TABLE fine (id BIGINT);\n")
      #expect(
        try await migrate(tree, to: 2, database).steps.map(\.description) == ["apply delta/main/2/04_bad.sql"]
      )
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aCommitInADeltaIsRefused(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      try tree.write("delta/main/2/04_bad.sql", "CREATE TABLE fine (id BIGINT);\nCOMMIT;\n")
      let error = try #require(
        await #expect(throws: GradusError.self) { try await migrate(tree, to: 2, database) })
      #expect(error.cause?.code == .forbiddenStatement)
      #expect(!(try await database.open().run { try CatalogTables.names($0) }).contains("fine"))
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func swiftDeltasRunInPlaceAndOnce(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    let code = CodeDelta(
      version: 2, name: "04_code.swift",
      create: { try $0.execute("CREATE TABLE made (how TEXT)") },
      upgrade: { try $0.execute("INSERT INTO made VALUES ('upgrade')") })
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, to: 1, database)
      let physical = PhysicalDatabase(driver: database.driver)
      let definition = try tree.definition(to: 2, codeDeltas: [code])
      _ = try await migrator(definition, physical).migrate(on: try await database.open())
      #expect(try await values("SELECT how FROM made", database) == ["upgrade"])
      #expect(try await migrator(definition, physical).migrate(on: try await database.open()).isEmpty)
    }
    try await TestDatabase.withDatabase(engine) { database in
      let definition = try tree.definition(to: 2, codeDeltas: [code])
      _ = try await migrator(definition, PhysicalDatabase(driver: database.driver)).migrate(
        on: try await database.open())
      #expect(try await values("SELECT how FROM made", database) == [])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anInterruptedDeltaOutsideATransactionIsExplained(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    let index =
      engine == .postgres
      ? "CREATE INDEX CONCURRENTLY late ON orders (amount);" : "CREATE INDEX late ON orders (amount);"
    try tree.write("delta/main/2/04_late.sql", "-- gradus:no-transaction\n\(index)\n")
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, to: 2, database)
      #expect(try await values("SELECT count(*) FROM gradus_delta_attempts", database) == [0])
      // As a crash between doing and recording leaves it.
      try await database.open().transaction { connection in
        try connection.execute("DELETE FROM applied_schema_deltas WHERE file = '2/04_late.sql'")
        try connection.execute(
          "INSERT INTO gradus_delta_attempts VALUES ('2/04_late.sql', 1, 'gradus pid 1 on a')")
      }
      let error = try #require(
        await #expect(throws: GradusError.self) { try await migrate(tree, to: 2, database) })
      #expect(error.code == .interruptedDelta)
      let options = DatabaseMigrator.Options(deltasToMarkApplied: ["2/04_late.sql"])
      let physical = PhysicalDatabase(driver: database.driver)
      _ = try await migrator(try tree.definition(to: 2), physical, options).migrate(
        on: try await database.open())
      #expect(try await migrate(tree, to: 2, database).isEmpty)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func oneMigratesAndTheOthersWait(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      let plans = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<6 {
          let definition = try tree.definition(to: 2)
          group.addTask {
            let migrator = DatabaseMigrator(
              schema: definition, database: PhysicalDatabase(driver: database.driver),
              completer: DeletingCompleter())
            return try await migrator.migrate(on: try await database.open()).steps.count
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(plans.filter { $0 > 0 }.count == 1)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func waitingEndsWithTheHoldersName(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      let physical = PhysicalDatabase(driver: database.driver)
      var poll = MigrationLockPoll(driver: database.driver)
      guard case .acquired(let lock) = try await poll.tryAcquire() else {
        Issue.record("the lock should be free")
        return
      }
      let impatient = migrator(try tree.definition(), physical, .init(lockTimeout: .milliseconds(300)))
      let error = try #require(
        await #expect(throws: GradusError.self) { try await impatient.migrate(on: try await database.open()) }
      )
      #expect(error.code == .lockTimeout)
      #expect(error.message.contains(engine == .sqlite ? "pid " : "gradus-test"))
      await lock.release()
      #expect(try await !impatient.migrate(on: try await database.open()).isEmpty)
    }
  }

  @Test func readsATreeWithAFolderPerDatabase() async throws {
    let tree = try TemporarySchema([
      "schema.yaml": "version: 74\ncompat_version: 73\n",
      "common/full_schemas/72/full.sql": "CREATE TABLE a (x INTEGER);",
      "main/full_schemas/72/full.sql.sqlite": "CREATE TABLE b (x INTEGER);",
      "state/full_schemas/72/full.sql.sqlite": "CREATE TABLE c (x INTEGER);",
      "main/delta/73/01x.sql": "CREATE TABLE d (x INTEGER);",
      "main/delta/73/__pycache__/x.pyc": "",
      "common/delta/74/README.md": "no delta",
      "main/full_schemas/72/notes.txt": "no schema",
    ])
    let definition = try tree.definition(layout: .folderPerDatabase)
    #expect(definition.tree.deltas.keys.sorted() == [73])
    #expect(definition.tree.unknownFiles.map(\.name) == ["README.md", "notes.txt"])
    try await TestDatabase.withDatabase(.sqlite) { database in
      let plan = try await migrator(definition, PhysicalDatabase(driver: database.driver))
        .migrate(on: try await database.open())
      #expect(plan.warnings.count == 2)
      #expect(try await values("SELECT file FROM applied_schema_deltas", database) == ["73/01x.sql"])
      #expect(try await values("SELECT version FROM schema_version", database) == [74])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anEditedDeltaIsNoticed(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, database)
      let session = try await database.open()
      let before = try tree.definition().tree
      #expect(try await session.run { try AppliedDeltas.edited($0, tree: before) } == [])
      try tree.write(
        "delta/main/3/01_index.sql", "-- again\nCREATE INDEX totals_by_amount\r\n ON totals (amount);")
      let reformatted = try tree.definition().tree
      #expect(try await session.run { try AppliedDeltas.edited($0, tree: reformatted) } == [])
      try tree.write(
        "delta/main/3/01_index.sql", "CREATE INDEX totals_by_amount ON totals (amount, customer);")
      let edited = try tree.definition().tree
      let warnings = try await session.run { try AppliedDeltas.edited($0, tree: edited) }
      #expect(warnings.count == 1)
      #expect(warnings.first?.contains("delta/main/3/01_index.sql was edited") == true)
    }
  }

  /// The release was built elsewhere, and somebody has tidied up.
  @Test(arguments: TestDatabase.availableEngines)
  func lineEndsAndCommentsAreNoEdit(engine: Engine) async throws {
    let delta = "INSERT INTO a (note) VALUES ('one\ntwo');\n"
    let updates = "updates:\n  - {name: fill, kind: sql, sql: UPDATE a SET id = id}\n"
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT, note TEXT);", "delta/main/2/01_a.sql": delta,
      "delta/main/2/02_fill.updates.yaml": "# It's written by 'new update'.\n\(updates)",
    ])
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, database)
      let session = try await database.open()
      try tree.write("delta/main/2/01_a.sql", delta.replacing("\n", with: "\r\n"))
      try tree.write("delta/main/2/02_fill.updates.yaml", updates.replacing("\n", with: "\r\n"))
      let files = try tree.definition().tree
      let warnings = try await session.run { try AppliedDeltas.edited($0, tree: files) }
      #expect(warnings == [])
    }
  }

  /// What was recorded of updates files before their layout stopped to count.
  @Test(arguments: TestDatabase.availableEngines, ["", "# more\n"])
  func aChecksumOfTheTextStillCounts(engine: Engine, edit: String) async throws {
    let (path, text) = ("delta/main/2/01_x.updates.yaml", "updates: [{name: x, kind: sql, sql: SELECT 1}]\n")
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT);", path: text,
    ])
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, database)
      try tree.write(path, edit + text)
      let files = try tree.definition().tree
      let warnings = try await database.open().run { connection in
        try connection.execute(
          "UPDATE gradus_deltas SET checksum = $1 WHERE file LIKE '%x.updates.yaml'",
          [.text(Checksum.of(text))])
        return try AppliedDeltas.edited(connection, tree: files)
      }
      #expect(warnings.count == (edit.isEmpty ? 0 : 1))
    }
  }

  /// Who looks again and again remembers what a file came to, as long as it has the same bytes.
  @Test(arguments: TestDatabase.availableEngines)
  func anEditIsFoundBesideWhatIsRemembered(engine: Engine) async throws {
    func delta(_ letter: String) -> String { "CREATE TABLE x (id BIGINT, a TEXT DEFAULT '\(letter)');" }
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT);", "delta/main/2/01_x.sql": delta("\u{E9}"),
    ])
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, database)
      let session = try await database.open()
      let (files, checksums) = (try tree.definition().tree, DeltaChecksums())
      for (letter, edits) in [("\u{E9}", 0), ("e\u{301}", 1), ("f", 1), ("\u{E9}", 0)] {
        try tree.write("delta/main/2/01_x.sql", delta(letter))
        for _ in 1...2 {
          let warnings = try await session.run {
            try AppliedDeltas.edited($0, tree: files, checksums: checksums)
          }
          #expect(warnings.count == edits, "\(letter)")
        }
      }
    }
  }

  /// An older release, after a rollback, has no files of what a newer one has applied.
  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaOfALaterVersionIsNotGone(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, database)
      let session = try await database.open()
      var older = try tree.definition(to: 2).tree
      older.deltas[3] = nil
      let files = older
      let rolledBack = try await session.run { try AppliedDeltas.edited($0, tree: files, version: 2) }
      #expect(rolledBack == [])
      let newest = try await session.run { try AppliedDeltas.edited($0, tree: files, version: 3) }
      #expect(newest == ["3/01_index.sql was applied, but its file is gone"])
    }
  }

  /// On servers of their own, two logical databases may have deltas of one name.
  @Test(arguments: TestDatabase.availableEngines)
  func anotherDatabasesDeltaIsNotCompared(engine: Engine) async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT);",
      "schema/state/1/01_b.sql": "CREATE TABLE b (id BIGINT);",
      "delta/main/2/01_x.sql": "CREATE TABLE x (id BIGINT);",
      "delta/state/2/01_x.sql": "CREATE TABLE y (id BIGINT);",
      "delta/main/2/02_main.sql": "CREATE TABLE z (id BIGINT);",
    ])
    try await TestDatabase.withDatabase(engine) { database in
      let state = PhysicalDatabase(name: "state", driver: database.driver, databases: [.state])
      let session = try await database.open()
      try await migrator(try tree.definition(), state).migrate(on: session)
      // From a time when the main database lived here, too.
      try await session.run {
        _ = try $0.execute(
          """
          INSERT INTO gradus_deltas (version, file, checksum, applied_at, duration_ms, applied_by)
          SELECT version, '2/02_main.sql', 'x', applied_at, duration_ms, applied_by FROM gradus_deltas
          """
        )
      }
      func warnings() async throws -> [String] {
        let tree = try tree.definition().tree
        return try await session.run { try AppliedDeltas.edited($0, tree: tree, databases: [.state]) }
      }
      #expect(try await warnings() == [])
      try tree.write("delta/main/2/01_x.sql", "CREATE TABLE x (id BIGINT, name TEXT);")
      #expect(try await warnings() == [])
      try tree.write("delta/state/2/01_x.sql", "CREATE TABLE y (id BIGINT, name TEXT);")
      #expect(try await warnings().map { $0.contains("delta/state/2/01_x.sql was edited") } == [true])
    }
  }

  /// What is recorded of a delta that an operator marks as applied is what is recorded of one that was run, the
  /// placeholder for a generated key and declared updates included.
  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaThatIsMarkedAsAppliedIsNotAnEditedOne(engine: Engine) async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_t.sql": "CREATE TABLE t (id BIGINT PRIMARY KEY);",
      "delta/main/2/01_jobs.sql":
        "-- gradus:no-transaction\nCREATE TABLE jobs (id $%AUTO_INCREMENT_PRIMARY_KEY%$, name TEXT);",
      "delta/main/2/02_fill.updates.yaml":
        "updates:\n  - {name: fill, kind: sql, sql: \"UPDATE t SET id = id\"}\n",
    ])
    let names: Set = ["2/01_jobs.sql", "2/02_fill.updates.yaml"]
    var recorded: [[SQLValue]] = []
    for options in [
      DatabaseMigrator.Options(), DatabaseMigrator.Options(deltasToMarkApplied: names),
    ] {
      try await TestDatabase.withDatabase(engine) { database in
        try await migrate(tree, to: 1, database)
        let definition = try tree.definition()
        let session = try await database.open()
        let plan = try await migrator(definition, PhysicalDatabase(driver: database.driver), options)
          .migrate(on: session)
        #expect(try await session.run { try AppliedDeltas.edited($0, tree: definition.tree) } == [])
        recorded.append(
          try await values("SELECT file || ' ' || checksum FROM gradus_deltas ORDER BY 1", database))
        // A marked one is not run.
        let runs = plan.steps.contains { "\($0)".contains("01_jobs.sql") }
        #expect(runs == options.deltasToMarkApplied.isEmpty)
      }
    }
    #expect(recorded[0].count == 2)
    #expect(recorded[0] == recorded[1])
  }
}
