import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@testable import Gradus

/// New databases, whose steps share transactions.
@Suite struct NewDatabaseTests {
  private static let ledger = "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n"
  private static let start = ["schema/main/1/01_start.sql": "CREATE TABLE start (id BIGINT PRIMARY KEY);"]

  private static func schema(_ deltas: [String: String]) throws -> TemporarySchema {
    var files = start
    files["schema/schema.yaml"] = ledger
    for (name, sql) in deltas { files["delta/main/2/\(name)"] = sql }
    return try TemporarySchema(files)
  }

  private func migrate(
    _ tree: TemporarySchema, _ database: TestDatabase,
    report: @escaping @Sendable (MigrationEvent) -> Void = { _ in }
  ) async throws {
    try await DatabaseMigrator(
      schema: try tree.definition(), database: PhysicalDatabase(driver: database.driver), report: report
    ).migrate(on: try await database.open())
  }

  private func tables(_ database: TestDatabase) async throws -> Set<String> {
    try await database.open().run { try CatalogTables.names($0) }
  }

  private func applied(_ database: TestDatabase) async throws -> [String] {
    try await database.open().run { connection in
      try connection.query("SELECT file FROM applied_schema_deltas ORDER BY file").map { try $0.text(0) }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatComesBeforeAFailureStays(engine: Engine) async throws {
    let tree = try Self.schema([
      "01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
      "02_b.sql": "CREATE TABLE b (id BIGINT PRIMARY KEY);\nINSERT INTO nowhere VALUES (1);",
      "03_c.sql": "CREATE TABLE c (id BIGINT PRIMARY KEY);",
    ])
    try await TestDatabase.withDatabase(engine) { database in
      let error = await #expect(throws: GradusError.self) { try await migrate(tree, database) }
      #expect(error?.code == .deltaFailed)
      #expect(error?.file == "delta/main/2/02_b.sql")
      #expect(error?.position?.line == 2)
      #expect(try await tables(database).intersection(["start", "a", "b", "c"]) == ["start", "a"])
      #expect(try await applied(database) == ["2/01_a.sql"])
      try tree.write("delta/main/2/02_b.sql", "CREATE TABLE b (id BIGINT PRIMARY KEY);")
      try await migrate(tree, database)
      #expect(try await tables(database).intersection(["start", "a", "b", "c"]) == ["start", "a", "b", "c"])
      #expect(try await applied(database) == ["2/01_a.sql", "2/02_b.sql", "2/03_c.sql"])
    }
  }

  /// Other means have made it: what to do about that is said, and works.
  @Test(arguments: TestDatabase.availableEngines)
  func oneThatIsThereAlreadyIsToldItsVersion(engine: Engine) async throws {
    let tree = try Self.schema(["01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);"])
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try connection.execute("CREATE TABLE start (id BIGINT PRIMARY KEY)")
        try connection.execute("INSERT INTO start VALUES (7)")
      }
      let error = await #expect(throws: GradusError.self) { try await migrate(tree, database) }
      #expect(error?.file == "schema/main/1/01_start.sql" && error?.cause?.code == .duplicateObject)
      #expect(error?.hint?.contains("'A database that is there already'") == true)
      try await session.run { connection in
        try connection.executeScript(
          """
          CREATE TABLE IF NOT EXISTS schema_version (
            lock CHAR(1) NOT NULL DEFAULT 'X' UNIQUE, version INTEGER NOT NULL, upgraded BOOLEAN NOT NULL,
            CHECK (lock = 'X')
          );
          INSERT INTO schema_version (version, upgraded) VALUES (1, FALSE);
          """)
      }
      try await migrate(tree, database)
      #expect(try await applied(database) == ["2/01_a.sql"])
      #expect(try await session.run { try $0.queryRow("SELECT id FROM start")?[0] } == 7)
      #expect(try await session.run { try $0.queryRow("SELECT version FROM schema_version")?[0] } == 2)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aSyntaxErrorLeavesNothing(engine: Engine) async throws {
    let tree = try Self.schema([
      "01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);", "02_b.sql": "CREATE TABEL b (id BIGINT);",
    ])
    try await TestDatabase.withDatabase(engine) { database in
      let error = await #expect(throws: GradusError.self) { try await migrate(tree, database) }
      #expect(error?.file == "delta/main/2/02_b.sql")
      let hint = error?.hint ?? ""
      #expect(hint.contains("nothing was changed"))
      let left = try await tables(database)
      #expect(left.isEmpty)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func eachStepIsToldOnceAndInOrder(engine: Engine) async throws {
    let tree = try Self.schema([
      "01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
      "02_own.sql": "-- gradus:no-transaction\nCREATE INDEX a_id ON a (id);",
      "03_c.sql": "CREATE TABLE c (id BIGINT PRIMARY KEY);",
      "04_d.sql": "CREATE TABLE d (id BIGINT PRIMARY KEY);",
    ])
    try await TestDatabase.withDatabase(engine) { database in
      let numbers = Mutex<(started: [Int], finished: Int, count: Int)>(([], 0, 0))
      try await migrate(tree, database) { event in
        numbers.withLock { numbers in
          switch event {
          case .planned(let plan): numbers.count = plan.steps.count
          case .stepStarted(_, let number, _): numbers.started.append(number)
          case .stepFinished: numbers.finished += 1
          default: break
          }
        }
      }
      let (started, finished, count) = numbers.withLock { $0 }
      #expect(started == Array(1...count))
      #expect(finished == count)
      #expect(try await applied(database).count == 4)
    }
  }

  /// What a delta sets is none of the next one's business.
  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres }, ["SET LOCAL", "SET"])
  func aSettingEndsWithItsDelta(engine: Engine, set: String) async throws {
    let zone = "SELECT current_setting('TimeZone') AS zone"
    let tree = try Self.schema([
      "01_a.sql": "\(set) TIME ZONE 'Asia/Tokyo'; CREATE TABLE a AS \(zone);",
      "02_b.sql": "CREATE TABLE b AS \(zone);",
    ])
    try await TestDatabase.withDatabase(engine) { database in
      try await migrate(tree, database)
      let zones = try await database.open().run { connection in
        try connection.queryRow("SELECT a.zone, b.zone, current_setting('TimeZone') FROM a, b")?.values
      }
      let own = zones?.last
      #expect(zones == ["Asia/Tokyo", own, own].compactMap(\.self))
      #expect(own != "Asia/Tokyo")
    }
  }

  /// A process may die right after the schema's own transaction, such as one has that changes settings.
  @Test(arguments: TestDatabase.availableEngines)
  func olderVersionsAreShutOutFromTheSchemaOn(engine: Engine) async throws {
    let tree = try TemporarySchema.shop()
    let schema = try tree.definition()
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let physical = PhysicalDatabase(driver: database.driver)
      let plan = try Planner(ledger: schema.ledger, tree: schema.tree, engine: engine).plan(.empty)
      let executor = StepExecutor(
        tree: schema.tree, scripts: ScriptStore(), target: schema.ledger.version, database: physical,
        session: session, completer: nil, report: { _ in }, lockTimeout: .seconds(5), fenceTimeout: .zero,
        newCompat: schema.ledger.compatVersion)
      for step in plan.steps.prefix(2) { try await executor.execute(step) }
      let older = DatabaseMigrator(schema: try tree.definition(to: 1), database: physical)
      let error = await #expect(throws: GradusError.self) { _ = try await older.migrate(on: session) }
      #expect(error?.code == .databaseTooNew)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func stepsAreCutByWhatTheyDo(engine: Engine) throws {
    let tree = try Self.schema([
      "01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
      "02_b.sql": "CREATE TABLE b (local BIGINT PRIMARY KEY, c BIGINT REFERENCES a (id) ON DELETE CASCADE);",
      "03_c.updates.yaml": "updates:\n  - {name: fill, kind: sql, sql: \"UPDATE a SET id = id\"}\n",
      "04_d.sql": "CREATE TABLE d (id BIGINT PRIMARY KEY);",
      "05_e.sql": "SET /* until the end */ Local work_mem = '1MB';",
      "06_f.sql": "CREATE TABLE f (id BIGINT REFERENCES a (id) ON DELETE SET NULL); UPDATE f SET id = 1;",
      "07_g.sql": "INSERT INTO f VALUES (1) ON CONFLICT DO NOTHING;",
      "08_h.sql": "-- For the session.\nset work_mem = '1MB';",
    ])
    let schema = try tree.definition()
    func groups(_ state: DatabaseState) throws -> [[String]] {
      let plan = try Planner(ledger: schema.ledger, tree: schema.tree, engine: engine).plan(state)
      return try StepGroups(plan, scripts: ScriptStore(), engine: engine).groups.map { group in
        group.map { step in
          if case .applyDelta(let file) = step.action { String(file.name.prefix(2)) } else { step.kind }
        }
      }
    }
    #expect(
      try groups(.empty) == [
        ["create_bookkeeping", "create_schema", "raise_compat", "record_version", "01", "02"], ["03"], ["04"],
        ["05"], ["06", "07"], ["08"],
      ])
    var existing = DatabaseState()
    existing.version = .init(1, isUpgraded: false)
    existing.compatVersion = 1
    #expect(try groups(existing).allSatisfy { $0.count == 1 })
  }
}
