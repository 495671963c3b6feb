import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@testable import Gradus

/// Others beside a delta that runs outside a transaction, and has no record yet.
@Suite struct RunningDeltaTests {
  private static func schema() throws -> TemporarySchema {
    try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);\nCREATE TABLE log (id BIGINT);",
      "delta/main/2/01_long.sql": "-- gradus:no-transaction\nINSERT INTO log VALUES (1);\n",
      "delta/main/2/02_next.sql": "CREATE TABLE next (id BIGINT PRIMARY KEY);",
    ])
  }

  /// Calls `body` while another start is at the delta, and is held there until it is let go.
  private static func whileRunning(
    _ engine: Engine,
    _ body: (SchemaDefinition, TestDatabase, HeldDriver, Task<Plan, any Error>) async throws -> Void
  ) async throws {
    let tree = try schema()
    let definition = try tree.definition()
    try await TestDatabase.withDatabase(engine) { database in
      try await DatabaseMigrator(
        schema: try tree.definition(to: 1), database: PhysicalDatabase(driver: database.driver)
      ).migrate(on: try await database.open())
      let held = HeldDriver(database.driver, at: "INTO log")
      // Whatever happens below, the other one comes to its end.
      defer { held.letGo() }
      let runner = Task {
        try await DatabaseMigrator(schema: definition, database: PhysicalDatabase(driver: held))
          .migrate(on: try await Session.open(held))
      }
      try await held.waitUntilReached()
      try await body(definition, database, held, runner)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aStartWaitsForIt(engine: Engine) async throws {
    try await Self.whileRunning(engine) { (definition, database, held, runner) async throws in
      // Who only looks cannot tell.
      let physical = PhysicalDatabase(driver: database.driver)
      let session = try await database.open()
      for role in [ProcessRole.main, .worker] {
        let look = DatabaseMigrator(schema: definition, database: physical, role: role)
        let error = await #expect(throws: GradusError.self) { try await look.plan(on: session) }
        #expect(error?.code == .interruptedDelta)
        #expect(error?.message.contains("is running, or was interrupted") == true)
      }
      let worker = DatabaseMigrator(schema: definition, database: physical, role: .worker)
      let refusal = await #expect(throws: GradusError.self) { try await worker.migrate(on: session) }
      #expect(refusal?.code == .interruptedDelta)

      let impatient = DatabaseMigrator(
        schema: definition, database: physical, options: .init(lockTimeout: .zero))
      let late = await #expect(throws: GradusError.self) { try await impatient.migrate(on: session) }
      #expect(late?.code == .lockTimeout)

      let waiter = DatabaseMigrator(schema: definition, database: physical) { event in
        if case .waiting = event { held.letGo() }
      }
      #expect(try await waiter.migrate(on: session).isEmpty)
      #expect(try await !runner.value.isEmpty)
      #expect(try await session.run { try $0.query("SELECT id FROM log").count } == 1)
    }
  }

  /// By the command's look before the first step, too.
  @Test(arguments: TestDatabase.availableEngines)
  func theLookBeforeWaitsForIt(engine: Engine) async throws {
    try await Self.whileRunning(engine) { (definition, database, held, runner) async throws in
      let waiter = DatabaseMigrator(schema: definition, database: PhysicalDatabase(driver: database.driver)) {
        event in
        if case .waiting = event { held.letGo() }
      }
      #expect(try await waiter.check(on: try await database.open()).isEmpty)
      _ = try await runner.value
    }
  }
}
