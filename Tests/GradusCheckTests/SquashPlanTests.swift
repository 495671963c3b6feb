import Gradus
import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// What goes and what stays, from values alone.
@Suite struct SquashPlanTests {
  private func tree(_ more: [String: String] = [:], ledger: String = "") throws -> TemporarySchema {
    let tree = try TemporarySchema.shop()
    if !ledger.isEmpty { try tree.write("schema/schema.yaml", ledger) }
    for (path, text) in more { try tree.write(path, text) }
    return tree
  }

  @Test func updatesStayAndTheRestGoes() throws {
    let schema = try tree().definition()
    let plan = try SquashPlan(schema, to: 2, oldest: 2)
    #expect(
      plan.removed.map(\.path) == [
        "delta/main/2/01_totals.sql", "delta/main/2/03_engine.sql.postgres",
        "delta/main/2/03_engine.sql.sqlite",
        "schema/main/1/01_orders.sql", "schema/state/1/01_notes.sql",
      ])
    #expect(plan.kept.map(\.path) == ["delta/main/2/02_fill.updates.yaml"])
    #expect(plan.unwritten == Engine.allCases)
    let after = plan.schema(after: schema, written: [])
    #expect(after.ledger.upgradesFrom == 2)
    #expect(after.tree.deltas[2]?.map(\.name) == ["02_fill.updates.yaml"])
    #expect(after.tree.deltas[3] == schema.tree.deltas[3])
    #expect(after.tree.fullSchemas == [2: []])
    #expect(after.tree.declarations == schema.tree.declarations)
  }

  @Test func deltasInSwiftAreNamed() throws {
    let deltas = [CodeDelta(version: 2, name: "05_code.swift"), CodeDelta(version: 3, name: "02_code.swift")]
    let plan = try SquashPlan(try tree().definition(codeDeltas: deltas), to: 2, oldest: 2)
    #expect(plan.code.map(\.recordedName) == ["2/05_code.swift"])
  }

  @Test func aFullSchemaThatIsThereStays() throws {
    let more = ["schema/main/2/01_all.sql": "SELECT 1;", "schema/state/2/01_all.sql": "SELECT 1;"]
    let plan = try SquashPlan(try tree(more).definition(), to: 2, oldest: 2)
    #expect(plan.unwritten == [])
    #expect(!plan.removed.map(\.path).contains("schema/main/2/01_all.sql"))
  }

  /// A process that was killed has left it so. The other engine's is there.
  @Test func aFullSchemaThatWasBegunIsWrittenAnew() throws {
    var more = [
      "schema/main/2/full.sql.postgres": "SELECT 1;", "schema/main/2/full.sql.sqlite": "SELECT 1;",
      "schema/state/2/full.sql.sqlite": "SELECT 1;",
    ]
    var schema = try tree(more).definition()
    let plan = try SquashPlan(schema, to: 2, oldest: 2)
    #expect(plan.unwritten == [.postgres])
    let written = SchemaFile(database: .state, version: 2, name: "full.sql.postgres", url: nil)
    #expect(
      plan.schema(after: schema, written: [written]).tree.fullSchemas[2]?.map(\.name)
        == ["full.sql.sqlite", "full.sql.sqlite", "full.sql.postgres"])
    // One by hand may do without a database that holds nothing any more.
    more["schema/main/2/full.sql.postgres"] = nil
    more["schema/main/2/01_all.sql.postgres"] = "SELECT 1;"
    schema = try tree(more).definition()
    #expect(try SquashPlan(schema, to: 2, oldest: 2).unwritten == [])
  }

  /// An application on PostgreSQL alone needs none for SQLite beside the full schema that is there.
  @Test func theOtherEngineOfAnApplicationOnOneIsNotWritten() throws {
    let files = [
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/full.sql.postgres": "SELECT 1;", "schema/main/2/full.sql.postgres": "SELECT 1;",
      "delta/main/2/01_more.sql.postgres": "SELECT 1;",
    ]
    let plan = try SquashPlan(try TemporarySchema(files).definition(), to: 2, oldest: 2)
    #expect(plan.unwritten == [])
    #expect(
      plan.removed.map(\.path) == ["delta/main/2/01_more.sql.postgres", "schema/main/1/full.sql.postgres"])
    // Its first full schema is written for both, as always.
    var first = files
    first["schema/main/2/full.sql.postgres"] = nil
    #expect(
      try SquashPlan(try TemporarySchema(first).definition(), to: 2, oldest: 2).unwritten == Engine.allCases)
  }

  @Test(
    arguments: [
      (2, nil, "databases at version 1 could no longer be upgraded"), (3, 2, "databases at version 2"),
      (4, nil, "the ledger has no version 4"), (0, nil, "the ledger has no version 0"),
      (1, nil, "there is nothing to squash"),
    ] as [(Int, Int?, String)])
  func refuses(version: Int, oldest: Int?, message: String) throws {
    let schema = try tree().definition()
    let error = try #require(throws: GradusError.self) {
      _ = try SquashPlan(schema, to: version, oldest: oldest)
    }
    #expect("\(error)".contains(message), "\(error)")
  }

  @Test func whatIsSquashedCountsAsTheOldest() throws {
    let ledger =
      "version: 3\ncompat_version: 2\nupgrades_from: 2\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}\n"
    let schema = try tree(ledger: ledger).definition()
    #expect(throws: Never.self) { _ = try SquashPlan(schema, to: 2, oldest: nil) }
    let error = try #require(throws: GradusError.self) { _ = try SquashPlan(schema, to: 1, oldest: nil) }
    #expect("\(error)".contains("squashed already"))
  }
}
