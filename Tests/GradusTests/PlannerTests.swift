import GradusSQL
import Testing

@testable import Gradus

/// The planner decides from values alone, so each rule of gradual migration is a small table of cases here.
@Suite struct PlannerTests: PlannerExample {
  @Test func newDatabaseAtTheFullSchemasVersion() throws {
    #expect(try steps(1, .empty) == ["bookkeeping", "create 1 of 2", "compat - 0"])
  }

  /// It may be one that other means have made, which is not to be taken for a new one.
  @Test func aDatabaseWithTablesAndNoVersion() throws {
    let state = DatabaseState(hasBookkeeping: false, hasTables: true)
    let step = try #require(try planner(1).plan(state).steps.first { $0.kind == "create_schema" })
    #expect(step.reason.contains("has tables, but no record of a version"))
    let new = try #require(try planner(1).plan(.empty).steps.first { $0.kind == "create_schema" })
    #expect(new.reason.hasPrefix("the database is new;"))
  }

  @Test func newDatabaseGoesOnFromTheFullSchema() throws {
    #expect(
      try steps(3, .empty) == [
        "bookkeeping", "create 1 of 2", "compat - 2", "version 2", "2/01_tables.sql", "complete prefill,fill",
        "certify m",
        "version 3", "3/01_reads.sql",
      ])
  }

  @Test func nToNPlusOne() throws {
    #expect(
      try steps(2, state(1, compat: 0, upgraded: false)) == ["compat 0 1", "version 2", "2/01_tables.sql"])
  }

  @Test func upToDateNeedsNothing() throws {
    #expect(try steps(2, state(2, compat: 1, applied: ["2/01_tables.sql"], staleness: Self.fresh)) == [])
    #expect(
      try steps(3, state(3, compat: 2, applied: ["3/01_reads.sql"], certified: ["m"], staleness: Self.fresh))
        == [])
  }

  @Test func nPlusOnePurgesAtEveryStart() throws {
    #expect(
      try steps(2, state(2, compat: 1, applied: ["2/01_tables.sql"], staleness: Self.stale)) == [
        "purge derived"
      ])
  }

  @Test func nPlusTwoPurgesAndCompletesBeforeItsDeltas() throws {
    #expect(
      try steps(3, state(2, compat: 1, applied: ["2/01_tables.sql"], queue: ["fill"], staleness: Self.stale))
        == [
          "compat 1 2", "purge derived", "complete prefill,fill", "certify m", "version 3", "3/01_reads.sql",
        ])
  }

  @Test func straightFromNToNPlusTwo() throws {
    #expect(
      try steps(3, state(1, compat: 0)) == [
        "compat 0 2", "version 2", "2/01_tables.sql", "complete prefill,fill", "certify m", "version 3",
        "3/01_reads.sql",
      ])
  }

  /// The compat version was raised, and then the process died: an older version may have written before.
  @Test func aCrashAfterRaisingCompatStillPurges() throws {
    #expect(
      try steps(3, state(2, compat: 2, applied: ["2/01_tables.sql"], staleness: Self.stale)) == [
        "purge derived", "complete prefill,fill", "certify m", "version 3", "3/01_reads.sql",
      ])
  }

  @Test func aCrashAfterRecordingTheVersionStillAppliesItsDeltas() throws {
    #expect(try steps(2, state(2, compat: 1, staleness: nil)) == ["2/01_tables.sql"])
  }

  @Test func anAdmittedOlderVersionChangesNothing() throws {
    #expect(try steps(2, state(3, compat: 2, certified: ["m"], staleness: Self.stale)) == [])
    #expect(try steps(1, state(2, compat: 1)) == [])
  }

  @Test func anOlderVersionStillPurgesWhatItWrites() throws {
    #expect(try steps(2, state(9, compat: 1, staleness: Self.stale)) == ["purge derived"])
  }

  /// A database that is past the completing version, but was never certified: its tables are completed all the same.
  @Test func completesWhereTheVersionIsPastAlready() throws {
    #expect(
      try steps(3, state(9, compat: 1, staleness: Self.fresh)) == [
        "compat 1 2", "complete prefill,fill", "certify m",
      ])
  }

  @Test func aTooOldVersionIsRefused() throws {
    let error = try #require(throws: GradusError.self) { try steps(1, state(3, compat: 2)) }
    #expect(error.code == .databaseTooNew)
    #expect(error.description.contains("schema version 2 or later"))
  }

  @Test func deltasAddedToAReachedVersionRun() throws {
    var tree = Self.tree
    tree.deltas[3]?.append(Self.file(3, "03_later.sql"))
    let plan = try planner(3, tree: tree).plan(
      state(3, compat: 2, applied: ["3/01_reads.sql"], certified: ["m"]))
    #expect(plan.steps.map(\.description) == ["apply 3/03_later.sql"])
  }

  @Test func workersCheckOnly() throws {
    let worker = try planner(2, .worker)
    let server = try planner(2, .nonMigrating)
    for pending in [
      .empty, state(1, compat: 0), state(2, compat: 1), state(2, compat: nil, applied: ["2/01_tables.sql"]),
      state(2, compat: 1, staleness: Self.stale),
    ] {
      for planner in [worker, server] {
        let error = try #require(throws: GradusError.self) { try planner.plan(pending) }
        #expect(error.code == .workerMayNotMigrate)
      }
    }
    var stale = state(2, compat: 1, applied: ["2/01_tables.sql"], staleness: Self.stale)
    #expect(try worker.plan(stale).isEmpty)
    #expect(try server.plan(stale).steps.map(\.kind) == ["purge_stale"])
    stale.hasBookkeeping = false
    #expect(try worker.plan(stale).isEmpty)
    #expect(try server.plan(stale).steps.map(\.kind) == ["create_bookkeeping", "purge_stale"])
  }

  @Test func refusesTwoDeltasOfOneName() throws {
    var tree = Self.tree
    tree.deltas[2]?.append(Self.file(2, "01_tables.sql", .state))
    let error = try #require(throws: GradusError.self) {
      try planner(2, tree: tree).plan(state(1, compat: 0))
    }
    #expect(error.message.contains("two deltas of version 2 are named '01_tables.sql'"))
  }

  @Test func refusesCodeThatNobodyRegistered() throws {
    var tree = Self.tree
    tree.deltas[2]?.append(Self.file(2, "02_code.swift"))
    let error = try #require(throws: GradusError.self) {
      try planner(2, tree: tree).plan(state(1, compat: 0))
    }
    #expect(error.message.contains("nothing is registered under its name"))
    #expect(
      try planner(2, tree: tree).plan(state(2, compat: 1, applied: ["2/01_tables.sql", "2/02_code.swift"]))
        .isEmpty)
  }

  @Test func explainsAnInterruptedDelta() throws {
    var interrupted = state(2, compat: 1)
    interrupted.attempts = [.init(file: "2/01_tables.sql", startedAt: 0, startedBy: "gradus pid 1 on a")]
    let error = try #require(throws: GradusError.self) { try planner(2).plan(interrupted, isAlone: true) }
    #expect(error.code == .interruptedDelta)
    #expect(error.description.contains("did not get to its record"))
    #expect(error.description.contains("--retry-delta 2/01_tables.sql"))
    // Another process may be running it.
    let unsure = try #require(throws: GradusError.self) { try planner(2).plan(interrupted) }
    #expect(unsure.code == .interruptedDelta)
    #expect(unsure.description.contains("it is running, or was interrupted"))
    #expect(unsure.description.contains("'migrate' waits for it"))
    #expect(unsure.description.contains("--retry-delta 2/01_tables.sql"))
  }

  @Test func bookkeepingIsCompleted() throws {
    var other = state(2, compat: 1, applied: ["2/01_tables.sql"])
    other.hasBookkeeping = false
    #expect(try steps(2, other) == ["bookkeeping and queue"])
  }

  @Test(arguments: [(1, 3, true), (2, 3, false), (3, 3, false), (1, 1, false)])
  func aDatabaseFromBeforeASquashIsRefused(version: Int, target: Int, isRefused: Bool) throws {
    var planner = try planner(target)
    planner.ledger.upgradesFrom = 2
    let state = DatabaseState(version: .init(version, isUpgraded: true), compatVersion: 0)
    guard isRefused else {
      #expect(throws: Never.self) { _ = try planner.plan(state) }
      return
    }
    let error = try #require(throws: GradusError.self) { _ = try planner.plan(state) }
    #expect(error.code == .databaseTooOld)
    #expect(error.hint?.contains("a release of schema version 2") == true)
  }
}
