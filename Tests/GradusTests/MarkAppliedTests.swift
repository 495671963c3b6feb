import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

/// Deltas that an operator has recorded as done.
@Suite struct MarkAppliedTests {
  private static func schema() throws -> TemporarySchema {
    try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
      "schema/state/1/01_b.sql": "CREATE TABLE b (id BIGINT PRIMARY KEY);",
      "delta/common/2/01_notes.sql": "-- gradus:no-transaction\nCREATE TABLE notes (id BIGINT PRIMARY KEY);",
    ])
  }

  private static let name = "2/01_notes.sql"

  /// Which tables there are at version 2 after marking the delta, twice.
  private func tables(
    _ engine: Engine, databases: Set<LogicalDatabase>?, isInterrupted: Bool
  ) async throws -> Set<String> {
    let tree = try Self.schema()
    return try await TestDatabase.withDatabase(engine) { database in
      let physical = PhysicalDatabase(driver: database.driver, databases: databases)
      let session = try await database.open()
      func migrate(to version: Int, _ options: DatabaseMigrator.Options = .init()) async throws -> Plan {
        try await DatabaseMigrator(
          schema: try tree.definition(to: version), database: physical, options: options
        ).migrate(on: session)
      }
      _ = try await migrate(to: 1)
      if isInterrupted {
        try await session.run { connection in
          _ = try connection.execute(
            "INSERT INTO gradus_delta_attempts VALUES ($1, 1, 'gradus pid 1 on a')", [.text(Self.name)])
        }
      }
      let marks = DatabaseMigrator.Options(deltasToMarkApplied: [Self.name])
      _ = try await migrate(to: 2, marks)
      #expect(try await migrate(to: 2, marks).isEmpty)
      return try await session.run { connection in
        #expect(try connection.queryRow("SELECT count(*) FROM gradus_delta_attempts")?[0] == 0)
        #expect(try connection.queryRow("SELECT count(*) FROM applied_schema_deltas")?[0] == 1)
        return try CatalogTables.names(connection)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [true, false])
  func aDeltaIsMarkedOnce(engine: Engine, isInterrupted: Bool) async throws {
    let tables = try await tables(engine, databases: nil, isInterrupted: isInterrupted)
    #expect(!tables.contains("notes"))
  }

  /// Each of several databases runs a delta of `common` by itself.
  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaOfAllDatabasesIsMarkedWhereItWasInterrupted(engine: Engine) async throws {
    let interrupted = try await tables(engine, databases: [.main], isInterrupted: true)
    #expect(!interrupted.contains("notes"))
    let other = try await tables(engine, databases: ["state"], isInterrupted: false)
    #expect(other.contains("notes"))
  }

  private static let decisions = [
    DatabaseMigrator.Options(retriedDeltas: [name]), DatabaseMigrator.Options(deltasToMarkApplied: [name]),
  ]

  /// What is recorded after a decision on an interrupted delta, whose name is not that of this one, or that lives elsewhere.
  private func recorded(
    _ engine: Engine, _ options: DatabaseMigrator.Options, beside delta: String,
    databases: Set<LogicalDatabase>? = nil
  ) async throws -> [SQLValue] {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
      "schema/state/1/01_b.sql": "CREATE TABLE b (id BIGINT PRIMARY KEY);",
      delta: "-- gradus:no-transaction\nCREATE TABLE notes (id BIGINT PRIMARY KEY);",
    ])
    return try await TestDatabase.withDatabase(engine) { database in
      let physical = PhysicalDatabase(driver: database.driver, databases: databases)
      let session = try await database.open()
      try await DatabaseMigrator(schema: try tree.definition(to: 1), database: physical).migrate(on: session)
      try await session.run { connection in
        _ = try connection.execute(
          "INSERT INTO gradus_delta_attempts VALUES ($1, 1, 'gradus pid 1 on a')", [.text(Self.name)])
      }
      let migrator = DatabaseMigrator(schema: try tree.definition(), database: physical, options: options)
      try await migrator.migrate(on: session)
      return try await session.run { connection in
        try connection.query("SELECT file FROM applied_schema_deltas ORDER BY 1").map { $0[0] }
      }
    }
  }

  /// Of the decision alone.
  private static func marked(_ options: DatabaseMigrator.Options) -> [SQLValue] {
    options.deltasToMarkApplied.isEmpty ? [] : [.text(name)]
  }

  /// The release that is to decide has renamed it, or is of before it: its file is not there.
  @Test(arguments: TestDatabase.availableEngines, decisions)
  func aFileThatIsGone(engine: Engine, options: DatabaseMigrator.Options) async throws {
    let files = try await recorded(engine, options, beside: "delta/main/2/02_notes.sql")
    #expect(files == Self.marked(options) + ["2/02_notes.sql"])
  }

  /// The database that it is of lived here when it was interrupted.
  @Test(arguments: TestDatabase.availableEngines, decisions)
  func aDeltaThatLivesElsewhereByNow(engine: Engine, options: DatabaseMigrator.Options) async throws {
    let files = try await recorded(
      engine, options, beside: "delta/state/\(Self.name)", databases: [.main])
    #expect(files == Self.marked(options))
  }

  /// The name of one engine's file has the engine at its end.
  @Test func aNameWithoutItsEngine() async throws {
    let tree = try Self.schema()
    try tree.write("delta/main/2/02_n.sql.sqlite", "SELECT 1;")
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      let error = await #expect(throws: GradusError.self) {
        try await DatabaseMigrator(
          schema: try tree.definition(), database: PhysicalDatabase(driver: database.driver),
          options: .init(retriedDeltas: ["2/02_n.sql"])
        ).migrate(on: session)
      }
      #expect(error?.hint == "did you mean '2/02_n.sql.sqlite'?")
    }
  }

  /// Nothing of it can have been interrupted.
  @Test(arguments: TestDatabase.availableEngines, decisions)
  func aNewDatabaseIsMade(engine: Engine, options: DatabaseMigrator.Options) async throws {
    let tree = try Self.schema()
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let migrator = DatabaseMigrator(
        schema: try tree.definition(), database: PhysicalDatabase(driver: database.driver), options: options)
      try await migrator.migrate(on: session)
      #expect(try await session.run { try CatalogTables.names($0) }.contains("notes"))
    }
  }

  /// Another program has made it, and knows nothing of Gradus's own tables.
  @Test(arguments: TestDatabase.availableEngines, decisions)
  func aDatabaseWithoutOurTablesGetsThem(engine: Engine, options: DatabaseMigrator.Options) async throws {
    let tree = try Self.schema()
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let physical = PhysicalDatabase(driver: database.driver)
      try await DatabaseMigrator(schema: try tree.definition(to: 1), database: physical).migrate(on: session)
      try await session.run { connection in
        for table in Bookkeeping.names where table.hasPrefix("gradus_") {
          try connection.execute("DROP TABLE \(table)")
        }
      }
      try await DatabaseMigrator(schema: try tree.definition(), database: physical, options: options)
        .migrate(on: session)
      let tables = try await session.run { try CatalogTables.names($0) }
      #expect(tables.contains("notes") == options.deltasToMarkApplied.isEmpty)
      #expect(tables.isSuperset(of: Bookkeeping.names))
    }
  }

  /// That is for the main process, with which others may share their options.
  @Test(arguments: TestDatabase.availableEngines, [ProcessRole.worker, .nonMigrating])
  func othersDecideOnNoDelta(engine: Engine, role: ProcessRole) async throws {
    let tree = try Self.schema()
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let physical = PhysicalDatabase(driver: database.driver)
      let main = DatabaseMigrator(schema: try tree.definition(to: 1), database: physical)
      try await main.migrate(on: session)
      try await session.run { connection in
        _ = try connection.execute(
          "INSERT INTO gradus_delta_attempts VALUES ($1, 1, 'gradus pid 1 on a')", [.text(Self.name)])
      }
      let migrator = DatabaseMigrator(
        schema: try tree.definition(), database: physical, role: role,
        options: .init(lockTimeout: .zero, deltasToMarkApplied: [Self.name]))
      // Nor do they wait for one that does.
      let error = try await main.holdingLock(on: database.open()) { () async -> GradusError? in
        await #expect(throws: GradusError.self) { try await migrator.migrate(on: session) }
      }
      #expect(error?.code == .interruptedDelta)
      let attempts = try await session.run {
        try $0.queryRow("SELECT count(*) FROM gradus_delta_attempts")?[0]
      }
      #expect(attempts == 1)
    }
  }
}
