import GradusSQL
import Testing

@testable import Gradus

/// When derived rows are purged, filled or distrusted.
@Suite struct PlannerStalenessTests: PlannerExample {
  @Test func emptyDerivedTablesAreFilledFromTheBeginning() throws {
    let empty = DatabaseState.Staleness(derived: nil, watermark: nil, source: 9, hasRowsToDerive: true)
    let applied: Set = ["2/01_tables.sql"]
    #expect(try steps(2, state(2, compat: 1, applied: applied, staleness: empty)) == ["purge derived"])
    #expect(
      try steps(2, state(2, compat: 1, applied: applied, queue: ["prefill", "fill"], staleness: empty)) == [])
    // What is queued has passed rows, perhaps such as an older version has added since.
    #expect(
      try steps(2, state(2, compat: 1, applied: applied, queue: ["fill"], staleness: empty)) == [
        "purge derived"
      ])
    var begun = state(2, compat: 1, applied: applied, queue: ["prefill", "fill"], staleness: empty)
    begun.queue[0].progress = #"{"last":7}"#
    #expect(try steps(2, begun) == ["purge derived"])
    // That is done once: from then on positions tell.
    begun.staleness["derived"]?.watermark = 9
    #expect(try steps(2, begun) == [])
    begun.staleness["derived"]?.source = 10
    #expect(try steps(2, begun) == ["purge derived"])
    var nothing = empty
    nothing.hasRowsToDerive = false
    #expect(try steps(2, state(2, compat: 1, applied: applied, staleness: nothing)) == [])
  }

  /// What was complete while the source was empty has seen nothing of what an older version has written since.
  @Test(arguments: ["queue", nil] as [String?])
  func emptyDerivedTablesAreFilledWhereTheLedgerDoesNotSayHow(queue: String?) throws {
    var (ledger, rule) = (Self.ledger, Self.rule)
    (rule.whenEmpty, rule.requeue.into) = (nil, queue)
    ledger.gradualMigrations[0].staleness = [rule]
    func steps(_ version: Int, _ state: DatabaseState) throws -> [String] {
      try Planner(ledger: ledger.acting(as: version), tree: Self.tree, engine: .sqlite).plan(state).steps
        .map(\.kind)
    }
    let applied: Set = ["2/01_tables.sql"]
    let empty = DatabaseState.Staleness(derived: nil, watermark: nil, source: 9, hasRowsToDerive: false)
    var complete = state(2, compat: 1, applied: applied, staleness: empty)
    #expect(try steps(2, complete) == ["purge_stale"])
    let untouched = state(2, compat: 1, applied: applied, queue: ["fill"], staleness: empty)
    #expect(try steps(2, untouched) == [])
    // Keys that came after those that it was given are not among them.
    #expect(try steps(3, untouched).contains("purge_stale") == (queue != nil))
    var begun = untouched
    begun.queue[0].progress = #"{"last":7}"#
    #expect(try steps(2, begun) == ["purge_stale"])
    // That is done once: from then on positions tell.
    complete.staleness["derived"]?.watermark = 9
    #expect(try steps(2, complete) == [])
    complete.staleness["derived"] = .init(derived: nil, watermark: nil, source: nil, hasRowsToDerive: false)
    #expect(try steps(2, complete) == [])
  }

  /// What the updates of one migration depend on may fill the table of another, whose newest position then hides what is stale.
  @Test(arguments: [3, nil] as [Int?])
  func allArePurgedBeforeOneIsCompleted(completes: Int?) throws {
    var ledger = Self.ledger
    ledger.gradualMigrations[0].completes = completes
    ledger.gradualMigrations.insert(
      GradualMigration(name: "other", starts: 2, completes: 3, updates: ["more"]), at: 0)
    let plan = try Planner(ledger: ledger, tree: Self.tree, engine: .sqlite).plan(
      state(2, compat: 1, applied: ["2/01_tables.sql"], staleness: Self.stale))
    var kinds = ["raise_compat", "purge_stale", "complete_updates", "certify"]
    if completes != nil { kinds += ["complete_updates", "certify"] }
    kinds += ["record_version", "apply_delta"]
    if completes == nil { kinds.append("purge_stale") }
    #expect(plan.steps.map(\.kind) == kinds)
  }

  /// The newest source row may belong to a key that never gets a derived row.
  @Test func theWatermarkEndsTheRequeueing() throws {
    var seen = Self.stale
    seen.watermark = 9
    #expect(try steps(2, state(2, compat: 1, applied: ["2/01_tables.sql"], staleness: seen)) == [])
    seen.source = 10
    #expect(
      try steps(2, state(2, compat: 1, applied: ["2/01_tables.sql"], staleness: seen)) == ["purge derived"])
  }

  /// An older version may remove source rows, or put older ones in their place, and no position tells.
  @Test func rowsAreLookedAtWhereNobodyHas() throws {
    var unseen = Self.fresh
    unseen.watermark = nil
    let applied: Set = ["2/01_tables.sql"]
    #expect(try steps(2, state(2, compat: 1, applied: applied, staleness: unseen)) == ["purge derived"])
    #expect(
      try steps(3, state(3, compat: 2, applied: ["3/01_reads.sql"], certified: ["m"], staleness: unseen))
        == [])
  }

  @Test func anOlderVersionDistrustsWhatItDoesNotKeep() throws {
    var database = state(2, compat: 1, staleness: Self.fresh)
    database.watermarkedTables = ["derived"]
    #expect(try steps(1, database) == ["distrust derived"])
    #expect(try planner(1, .worker).plan(database).isEmpty)
    #expect(try planner(1, .nonMigrating).plan(database).steps.map(\.kind) == ["forget_watermarks"])
    database.watermarkedTables = []
    #expect(try steps(1, database) == [])
    // Version 2 keeps this one itself, and does not know the other.
    database = state(9, compat: 1, staleness: Self.fresh)
    database.watermarkedTables = ["derived", "of_version_9"]
    #expect(try steps(2, database) == ["distrust of_version_9"])
  }

  /// Of a migration that is complete nothing is remembered: what is there is of a later one.
  @Test func anOlderVersionDistrustsWhatALaterMigrationDerivesIntoItsTable() throws {
    var database = state(4, compat: 3, certified: ["m"])
    database.watermarkedTables = ["derived"]
    #expect(try steps(3, database) == ["distrust derived"])
  }

  /// A ledger may announce what a later version begins.
  @Test func anOlderVersionDistrustsWhatItsLedgerOnlyAnnounces() throws {
    var database = state(2, compat: 1, staleness: Self.fresh)
    database.watermarkedTables = ["derived"]
    let ledger = Ledger(version: 1, compatVersion: 0, gradualMigrations: Self.ledger.gradualMigrations)
    let plan = try Planner(ledger: ledger, tree: Self.tree, engine: .sqlite).plan(database)
    #expect(plan.steps.map(\.kind) == ["forget_watermarks"])
  }

  /// A delta of the plan may add what a rule names; later, nobody would ever find a row stale.
  @Test func aRuleThatCannotBeReadIsRefused() throws {
    func state(_ version: Int, certified: Set<String> = []) -> DatabaseState {
      let applied: Set<String> = version == 1 ? [] : ["2/01_tables.sql"]
      var state = self.state(version, compat: 1, applied: applied, certified: certified)
      state.unreadableRules = ["derived": "no such column: at"]
      return state
    }
    #expect(try steps(2, state(1)).contains("version 2"))
    // Those that come after the completion come too late.
    #expect(try planner(3).plan(state(1)).steps.contains(where: \.appliesDelta))
    #expect(throws: GradusError.self) { try planner(3).plan(state(2)) }
    let error = try #require(throws: GradusError.self) { try planner(2).plan(state(2)) }
    #expect(error.code == .invalidTree)
    #expect(error.message.contains("'derived' ('m') cannot be read: no such column: at"))
    #expect(try planner(2).plan(state(2, certified: ["m"])).isEmpty)
  }
}
