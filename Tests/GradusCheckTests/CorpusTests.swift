import Gradus
import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// Each delta of the corpus is checked on real scratch databases: nothing is missed, and nothing else is found.
@Suite struct CorpusTests {
  @Test(arguments: TestDatabase.availableEngines, Corpus.all)
  func findsWhatItHasToAndNothingElse(engine: Engine, example: Example) async throws {
    guard example.engines.contains(engine) else { return }
    let findings = try await Corpus.check(engine, example.sql)
    #expect(findings.map(\.rule).sorted() == example.rules.sorted(), "\(findings.map(\.message))")
    for finding in findings {
      #expect(finding.file == "delta/main/2/01_change.sql")
      #expect(finding.position != nil && finding.statement != nil || finding.rule == "D10")
      #expect(!finding.message.isEmpty && !finding.fix.isEmpty)
    }
  }

  @Test func thereAreEnough() {
    #expect(Corpus.all.count { !$0.rules.isEmpty } >= 45)
    #expect(Corpus.all.count { $0.rules.isEmpty } >= 45)
  }

  /// Rules that need more than one delta, each with the test that has a witness and a near miss.
  private static let provenElsewhere = [
    "C14": "TreeRulesTests.compatVersions", "C15": "FloorTests.theOldQueryReallyBreaks",
    "D01": "BaseRulesTests.releasedVersions",
    "D02": "BaseRulesTests.landedDeltas", "D05": "TreeRulesTests.fullSchemas",
    "D06": "TreeRulesTests.parity", "D07": "TreeRulesTests.numbers", "D08": "TreeRulesTests.unknownVersions",
    "D13": "StalenessRulesTests.findsWhatNoStartCouldRead",
    "D15": "TreeRulesTests.deltasBelowTheOldestFullSchema", "D16": "BaseRulesTests.droppedMigrations",
    "Q01": "QueryFileTests.columnsHaveToBeNamed", "Q02": "QueryFileTests.columnsHaveToBeNamed",
    "Q03": "QueryFileTests.whatRunsAndIsNotCommittedIsFound",
    "U01": "UpdateRulesTests.findsWhatItHasToAndNothingElse",
    "U02": "UpdateRulesTests.findsWhatItHasToAndNothingElse",
    "U03": "UpdateRulesTests.findsWhatItHasToAndNothingElse",
    "U04": "UpdateRulesTests.findsWhatItHasToAndNothingElse",
    "U05": "UpdateRulesTests.findsWhatItHasToAndNothingElse",
    "U06": "UpdateRulesTests.findsWhatItHasToAndNothingElse",
    "U07": "UpdateRulesTests.findsWhatItHasToAndNothingElse",
    "U08": "UpdateRulesTests.findsWhatItHasToAndNothingElse",
    "U09": "UpdateRulesTests.findsWhatItHasToAndNothingElse",
    "U10": "UpdateRulesTests.findsWhatItHasToAndNothingElse",
    "U11": "UpdateRulesTests.findsWhatItHasToAndNothingElse",
  ]

  @Test(arguments: Rule.all.map(\.id))
  func eachRuleHasAWitnessAndANearMiss(rule: String) {
    guard Self.provenElsewhere[rule] == nil else { return }
    #expect(Corpus.all.contains { $0.rules.contains(rule) })
    #expect(Corpus.all.contains { $0.near.contains(rule) && !$0.rules.contains(rule) })
  }

  @Test func rulesOfExamplesExist() {
    let named = Set(Corpus.all.flatMap { $0.rules + $0.near }).union(Self.provenElsewhere.keys)
    #expect(named.subtracting(Rule.all.map(\.id)).isEmpty)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theStatementIsNamed(engine: Engine) async throws {
    let delta =
      "-- why\nCREATE TABLE more (id BIGINT);\n\n  ALTER TABLE things DROP COLUMN note;\nINSERT INTO more VALUES (1);\n"
    let finding = try #require(try await Corpus.check(engine, delta).first)
    #expect(finding.position == SourcePosition(line: 4, column: 3))
    #expect(finding.statement?.hasPrefix("ALTER TABLE things DROP COLUMN note") == true)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whereNoOlderVersionIsAdmittedNoneBreaks(engine: Engine) async throws {
    let ledger = "version: 2\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 2}}\n"
    let findings = try await Corpus.check(engine, "ALTER TABLE things DROP COLUMN note;", ledger: ledger)
    #expect(findings.map(\.rule) == ["C14"])
  }

  @Test(arguments: [
    "-- gradus:ignore C01\nSELECT 1;", "-- gradus:ignore C99 because\nSELECT 1;",
    "-- gradus:ignore\nSELECT 1;",
  ])
  func aSuppressionNeedsARuleAndAReason(delta: String) async throws {
    let error = try #require(
      await #expect(throws: GradusError.self) { try await Corpus.check(.sqlite, delta) })
    #expect(error.file == "delta/main/2/01_change.sql")
    #expect(error.position?.line == 1)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aFailingStatementIsNamed(engine: Engine) async throws {
    let finding = try #require(
      try await Corpus.check(engine, "SELECT 1;\n  DROP TABLE missing;").first)
    #expect(finding.rule == "D10")
    #expect(finding.file == "delta/main/2/01_change.sql")
    #expect(finding.position?.line == 2)
    #expect(finding.statement?.hasPrefix("DROP TABLE") == true)
  }
}
