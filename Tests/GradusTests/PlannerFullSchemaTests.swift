import GradusSQL
import Testing

@testable import Gradus

/// Which full schema a new database begins with.
@Suite struct PlannerFullSchemaTests: PlannerExample {
  @Test func aFullSchemasOwnVersionIsNotVisitedAgain() throws {
    var tree = Self.tree
    tree.deltas[1] = [Self.file(1, "01_later.sql")]
    #expect(try planner(1, tree: tree).plan(state(1, compat: 0, upgraded: false)).isEmpty)
  }

  @Test func refusesAMissingFullSchema() throws {
    var tree = Self.tree
    tree.fullSchemas = [9: [Self.file(9, "01_all.sql")]]
    #expect(throws: GradusError.self) { try planner(3, tree: tree).plan(.empty) }
    tree.fullSchemas = [0: [Self.file(0, "01_state.sql", .state)], 1: [Self.file(1, "01_all.sql")]]
    let error = try #require(throws: GradusError.self) { try planner(3, tree: tree).plan(.empty) }
    #expect(error.message.contains("no folder for the database 'state'"))
  }

  /// Files are written one after the other: the other engine's come later, or not at all where a process is killed.
  @Test func aFullSchemaThatIsNotAllThereYetIsNotTaken() throws {
    var tree = Self.tree
    func created(_ engine: Engine, _ databases: Set<LogicalDatabase>? = nil) throws -> String? {
      let planner = Planner(ledger: Self.ledger, tree: tree, engine: engine, databases: databases)
      return try planner.plan(.empty).steps.compactMap { step -> String? in
        guard case .createSchema(let version, let files) = step.action else { return nil }
        return "\(version) of \(files.count)"
      }.first
    }
    tree.fullSchemas[3] = [Self.file(3, "full.sql.sqlite"), Self.file(3, "full.sql.sqlite", .state)]
    #expect(try created(.sqlite) == "3 of 2")
    for databases in [nil, [], [.main]] as [Set<LogicalDatabase>?] {
      let expected = databases.map { "1 of \($0.count)" } ?? "1 of 2"
      #expect(try created(.postgres, databases) == expected)
    }
    tree.fullSchemas[3]?.append(Self.file(3, "full.sql.postgres"))
    #expect(try created(.postgres) == "1 of 2")
    tree.fullSchemas[3]?.append(Self.file(3, "full.sql.postgres", .state))
    #expect(try created(.postgres) == "3 of 2")
  }

  /// What is common to all databases is missed where an older full schema has it; where none has, it may have begun later.
  @Test func aFullSchemaWithoutWhatIsCommonIsNotTaken() throws {
    var tree = Self.tree
    func plan() throws -> Plan {
      try Planner(ledger: Self.ledger, tree: tree, engine: .sqlite).plan(.empty)
    }
    func created(_ plan: Plan) -> [Int] {
      plan.steps.compactMap { step in
        if case .createSchema(let version, _) = step.action { version } else { nil }
      }
    }
    tree.fullSchemas[3] = [Self.file(3, "full.sql.sqlite"), Self.file(3, "full.sql.sqlite", .state)]
    #expect(created(try plan()) == [3])
    tree.fullSchemas[1]?.append(Self.file(1, "00_common.sql", .common))
    let passed = try plan()
    #expect(created(passed) == [1])
    #expect(passed.warnings.contains { $0.hasSuffix("it has no file for the database 'common' on SQLite") })
    tree.fullSchemas[3]?.append(Self.file(3, "full.sql.sqlite", .common))
    #expect(created(try plan()) == [3])
    tree.fullSchemas[1]?.removeLast()
    #expect(created(try plan()) == [3])
    #expect(try plan().warnings == [])
  }

  /// Nobody would see otherwise that new databases do not begin with it.
  @Test func aFullSchemaThatIsPassedOverIsWarnedOf() throws {
    var tree = Self.tree
    tree.fullSchemas[3] = [Self.file(3, "full.sql.sqlite")]
    func warnings(_ engine: Engine) throws -> [String] {
      try Planner(ledger: Self.ledger, tree: tree, engine: engine).plan(.empty).warnings
    }
    let expected =
      "the full schema of version 3 is passed over: it has no file for the database 'state' on SQLite"
    #expect(try warnings(.sqlite) == [expected])
    // That one is SQLite's.
    #expect(try warnings(.postgres) == [])
  }

  /// Where there is none that is complete, a database would lack all tables of one.
  @Test func refusesAFullSchemaWithoutFilesForTheEngine() throws {
    var tree = Self.tree
    tree.fullSchemas = [
      0: [Self.file(0, "full.sql.sqlite", .state)],
      1: [Self.file(1, "full.sql.sqlite"), Self.file(1, "full.sql.postgres", .state)],
    ]
    let error = try #require(throws: GradusError.self) { try planner(3, tree: tree).plan(.empty) }
    #expect(error.message.hasSuffix("no folder for the database 'state' with files for SQLite"))
  }
}
