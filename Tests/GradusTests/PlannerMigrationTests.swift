import GradusSQL
import Testing

@testable import Gradus

/// The gradual migrations that a database is concerned with, and their guards.
@Suite struct PlannerMigrationTests: PlannerExample {
  /// On a server of its own, the state database has none of the main one's tables to purge or complete.
  @Test func aMigrationConcernsItsOwnDatabaseOnly() throws {
    let planner = Planner(
      ledger: Self.ledger, tree: SchemaTree(), engine: .postgres, databases: [.state])
    #expect(planner.migrations.isEmpty)
    let steps = try planner.plan(state(2, compat: 1)).steps
    #expect(steps.map(\.kind) == ["raise_compat", "record_version"])
  }

  /// `common` is a part of each physical database.
  @Test(arguments: [(LogicalDatabase.common, true), (.state, true), (.main, false)])
  func aMigrationOfADatabaseThatIsHere(database: LogicalDatabase, isPlanned: Bool) throws {
    var ledger = Self.ledger
    ledger.gradualMigrations[0].database = database
    let planner = Planner(ledger: ledger, tree: Self.tree, engine: .sqlite, databases: [.state])
    let kinds = try planner.plan(state(2, compat: 1)).steps.map(\.kind)
    #expect(kinds.contains("certify") == isPlanned, "\(kinds)")
  }

  @Test func guardsAreThereWhileOlderVersionsMayWrite() throws {
    var ledger = Self.ledger
    ledger.gradualMigrations[0].staleness[0].guards = [StalenessGuard(table: "source", key: ["id"])]
    let checksum = try #require(GuardInstaller.checksum(of: ledger.gradualMigrations[0], on: .sqlite))
    func kinds(_ version: Int, _ state: DatabaseState) throws -> [String] {
      try Planner(ledger: try ledger.acting(as: version), tree: Self.tree, engine: .sqlite).plan(state).steps
        .map(\.kind)
    }
    var guarded = state(2, compat: 1, applied: ["2/01_tables.sql"])
    #expect(try kinds(2, guarded) == ["install_guards"])
    guarded.guards["m"] = .init(checksum: checksum, version: 2)
    #expect(try kinds(2, guarded) == [])
    #expect(try kinds(1, guarded) == [])
    #expect(
      try kinds(3, guarded) == [
        "raise_compat", "complete_updates", "remove_guards", "certify", "record_version", "apply_delta",
      ])
    guarded.lostGuards["m"] = ["source"]
    #expect(try kinds(2, guarded) == ["install_guards"])
    #expect(try kinds(1, guarded) == [])
    let worker = Planner(ledger: try ledger.acting(as: 2), tree: Self.tree, engine: .sqlite, role: .worker)
    #expect(try worker.plan(guarded).isEmpty)
    guarded.lostGuards = [:]
    guarded.appliedDeltas = []
    #expect(try kinds(2, guarded) == ["apply_delta", "install_guards"])
    guarded.appliedDeltas = ["2/01_tables.sql"]
    guarded.guards["m"]?.checksum = "other"
    #expect(try kinds(2, guarded) == ["install_guards"])
    // Nobody older may open it any more: version 3 removes them, once it has completed the migration.
    guarded.compatVersion = 2
    #expect(try kinds(2, guarded) == [])
    #expect(try kinds(1, .empty) == ["create_bookkeeping", "create_schema", "raise_compat"])
    #expect(try !kinds(3, state(1, compat: 0)).contains("install_guards"))
    ledger.gradualMigrations[0].completes = nil
    #expect(try kinds(3, guarded) == ["record_version", "apply_delta", "remove_guards"])
  }

  /// Releases that run side by side do not undo what the others have made at each of their starts.
  @Test(arguments: [true, false])
  func guardsOfAnotherReleaseStay(hasOwn: Bool) throws {
    var ledger = Self.ledger
    let own = StalenessGuard(table: "source", key: ["id"])
    ledger.gradualMigrations[0].staleness[0].guards = hasOwn ? [own] : []
    func kinds(_ database: DatabaseState, _ role: ProcessRole = .main) throws -> [String] {
      try Planner(ledger: ledger.acting(as: 2), tree: Self.tree, engine: .sqlite, role: role).plan(database)
        .steps.map(\.kind)
    }
    var database = state(2, compat: 1, applied: ["2/01_tables.sql"])
    database.guards["m"] = .init(checksum: "of another release", version: 2)
    #expect(try kinds(database) == [hasOwn ? "install_guards" : "remove_guards"])
    // An admitted version's workers may be started at any time.
    #expect(try kinds(database, .worker) == [])
    #expect(try kinds(database, .nonMigrating) == [])
    // The newer version's ledger knows more.
    database.version?.number = 3
    #expect(try kinds(database) == [])
    #expect(try kinds(database, .worker) == [])
    // What nobody has made yet is missing all the same.
    database.guards = [:]
    #expect(try kinds(database) == (hasOwn ? ["install_guards"] : []))
  }

  /// An older version may have completed an earlier one.
  @Test func guardsOfALaterMigrationOfTheNameStay() throws {
    var database = state(4, compat: 3, certified: ["m"])
    database.guards["m"] = .init(checksum: "of the later one", version: 4)
    #expect(try steps(3, database) == [])
    database.guards["m"]?.version = 3
    #expect(try steps(3, database) == ["no guards m"])
  }

  @Test func aMigrationThatTheLedgerHasDroppedIsRefused() throws {
    var database = state(2, compat: 1, applied: ["2/01_tables.sql"])
    database.guards["gone"] = .init(checksum: "x", version: 2)
    let error = try #require(throws: GradusError.self) { try steps(3, database) }
    #expect(error.code == .invalidTree)
    #expect(error.message.contains("no gradual migration 'gone' any more"))
    // To another release of that version, and to older ones, it may be one that is to come.
    #expect(try steps(2, database) == [])
    #expect(try steps(1, database) == [])
    database.completedMigrations = ["gone"]
    #expect(try steps(3, database).contains("certify m"))
  }
}
