import Testing

@testable import Gradus

@Suite struct RollbackVerdictTests {
  private let ledger = Ledger(
    version: 3, compatVersion: 2,
    versions: [
      1: .init(compatVersion: 1), 2: .init(compatVersion: 1), 3: .init(compatVersion: 2),
      4: .init(compatVersion: 2),
    ],
    gradualMigrations: [
      GradualMigration(
        name: "totals", starts: 3, completes: 4, updates: ["fill"],
        staleness: [
          StalenessRule(
            table: "totals", key: ["k"], position: "p",
            source: .init(table: "orders", key: ["k"], position: "p"),
            requeue: .init(update: "fill"))
        ]),
      GradualMigration(name: "no_tables", starts: 3, updates: ["fill"]),
    ])

  private func facts(
    version: Int? = 3, compat: Int? = 1, queue: [QueuedUpdate] = [], attempts: [String] = []
  ) -> RollbackFacts {
    RollbackFacts(
      state: DatabaseState(
        version: version.map { .init($0, isUpgraded: true) }, compatVersion: compat, queue: queue,
        attempts: attempts.map { .init(file: $0, startedAt: 0, startedBy: "x") }),
      origins: ["old": 2, "new": 3])
  }

  private func holder(_ version: Int) -> VersionHolder {
    VersionHolder(version: version, name: "shop", process: 7, host: "h", since: nil, engine: .sqlite)
  }

  private func verdict(_ target: Int, _ facts: RollbackFacts) throws -> RollbackVerdict {
    try RollbackVerdict(to: target, facts, ledger: ledger)
  }

  @Test func yesWhereTheCompatVersionAdmitsIt() throws {
    let verdict = try verdict(2, facts(compat: 2))
    #expect(verdict.isPossible)
    #expect(verdict.notes == [.staleRows(migration: "totals", tables: ["totals"])])
    #expect(try self.verdict(1, facts(compat: nil)).isPossible)
  }

  @Test func noWhereTheCompatVersionIsAbove() throws {
    let verdict = try verdict(1, facts(compat: 2))
    #expect(verdict.refusals == [.compatVersion(2)])
    #expect(verdict.refusals[0].hint.contains("schema version 2 or later"))
  }

  /// There is no release of the version that is written into it meanwhile.
  @Test func noWhileAPortFillsIt() throws {
    let refusal = try #require(try verdict(2, facts(compat: Admission.portSeal)).refusals.first)
    for text in [refusal.hint, "\(refusal)"] {
      #expect(text.contains("'port'") && !text.contains("\(Admission.portSeal)"), "\(text)")
    }
  }

  @Test func noWhereAFenceIsShuttingItOut() throws {
    var facts = facts(compat: 1)
    facts.fences = [holder(2)]
    #expect(try verdict(1, facts).refusals == [.fence(holder(2))])
    // The version that the fence lets through.
    #expect(try verdict(2, facts).isPossible)
    // Both: the compat version says enough where the fence shuts out no more.
    facts.state.compatVersion = 2
    #expect(try verdict(1, facts).refusals == [.compatVersion(2)])
    facts.fences = [holder(3)]
    #expect(try verdict(1, facts).refusals == [.compatVersion(2), .fence(holder(3))])
  }

  @Test func noWhereADeltaWasInterrupted() throws {
    #expect(
      try verdict(2, facts(attempts: ["3/04_x.sql"])).refusals == [.interruptedDelta("3/04_x.sql")])
  }

  @Test(arguments: [7, 0])
  func aVersionThatTheLedgerDoesNotHaveIsAnError(target: Int) throws {
    let error = try #require(throws: GradusError.self) { _ = try verdict(target, facts()) }
    #expect("\(error)".contains("no version \(target)"), "\(error)")
    #expect(error.hint != nil)
  }

  @Test(arguments: [[3], [2, 3]])
  func whatIsNoRollbackIsAnError(versions: [Int]) throws {
    try RollbackVerdict.checkRollsBack(to: 2, from: versions)
    for target in [3, 4] {
      let error = try #require(throws: GradusError.self) {
        try RollbackVerdict.checkRollsBack(to: target, from: versions)
      }
      #expect("\(error)".contains("database is at version 3"), "\(error)")
      #expect("\(error)".contains("no rollback"), "\(error)")
      #expect(error.hint != nil)
    }
  }

  /// One of several, to which an upgrade has not come, or no further than its compat version.
  @Test func aDatabaseThatIsNotNewerIsJudgedAsWell() throws {
    let verdict = try verdict(2, facts(version: 2, compat: 1))
    #expect(verdict.isPossible && verdict.notes.isEmpty)
    #expect(try self.verdict(1, facts(version: 1, compat: 2)).refusals == [.compatVersion(2)])
  }

  @Test func aDatabaseWithoutASchemaIsAnError() throws {
    let error = try #require(throws: GradusError.self) {
      _ = try verdict(2, facts(version: nil, compat: nil))
    }
    #expect("\(error)".contains("no schema yet"))
  }

  @Test func updatesAreTold() throws {
    var facts = facts(queue: [
      QueuedUpdate(name: "old", ordering: 3), QueuedUpdate(name: "new", ordering: 2),
      QueuedUpdate(name: "job", ordering: 1),
    ])
    facts.running = ["old": ["b", "a"], "new": []]
    #expect(
      try verdict(2, facts).notes == [
        .unplacedUpdate("job"), .unknownUpdate("new", since: 3), .running(update: "old", by: ["a", "b"]),
        .staleRows(migration: "totals", tables: ["totals"]),
      ])
    // Version 1 knows neither.
    #expect(try verdict(1, facts).notes.contains(.unknownUpdate("old", since: 2)))
  }

  @Test func newerProcessesAreTold() throws {
    var facts = facts()
    facts.holders = [holder(1), holder(2), holder(3)]
    #expect(try verdict(2, facts).notes.first == .newerProcess(holder(3)))
    #expect(try verdict(1, facts).notes.prefix(2) == [.newerProcess(holder(2)), .newerProcess(holder(3))])
  }

  @Test func staleRowsAreOfThisDatabaseAndOfVersionsThatItHasSeen() throws {
    var facts = facts()
    facts.databases = ["state"]
    #expect(try verdict(2, facts).notes.isEmpty)
    #expect(try verdict(1, self.facts(version: 2)).notes.isEmpty)
  }

  /// What was merged for a later version the older one does without.
  @Test func deltasThatTheDatabaseHasMissedAreTold() throws {
    var facts = facts(compat: 1)
    facts.databases = []
    facts.missed = [1, 2, 3].map { SchemaFile(database: .main, version: $0, name: "09_late.sql", url: nil) }
    #expect(
      try verdict(2, facts).notes == [
        .missedDelta("1/09_late.sql", of: 1), .missedDelta("2/09_late.sql", of: 2),
      ])
    #expect(try verdict(2, facts).isPossible)
  }

  @Test func eachReasonHasItsOwnKind() {
    let refusals: [RollbackVerdict.Refusal] = [.compatVersion(1), .fence(holder(1)), .interruptedDelta("x")]
    #expect(Set(refusals.map(\.kind)).count == refusals.count)
    let notes: [RollbackVerdict.Note] = [
      .newerProcess(holder(1)), .running(update: "x", by: []), .unknownUpdate("x", since: 1),
      .unplacedUpdate("x"),
      .staleRows(migration: "x", tables: []), .missedDelta("x", of: 1),
    ]
    #expect(Set(notes.map(\.kind)).count == notes.count)
  }
}
