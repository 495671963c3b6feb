import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Whom a plan says that its statements block.
@Suite struct PlanLocksTests {
  @Test func onlyWhatThePlanMakesIsNew() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_base.sql":
        "CREATE TABLE things (id BIGINT PRIMARY KEY, size BIGINT);\nCREATE INDEX things_size ON things (size);",
      "delta/main/2/01_a.sql": """
      DROP INDEX things_size;
      ALTER TABLE things RENAME TO objects;
      ALTER TABLE objects ADD COLUMN a TEXT;
      CREATE TABLE more (id BIGINT);
      ALTER TABLE more RENAME TO others;
      ALTER TABLE others ADD COLUMN b TEXT;
      """,
      "delta/main/2/02_b.sql": "CREATE INDEX others_b ON others (b);",
    ])
    try await Shop.with(.postgres, tree) { shop in
      #expect(try await shop.gradus("migrate", "--to", "1").code == 0)
      let plan = try await shop.gradus("plan", "--format", "json").object()
      let steps = (plan["databases"] as? [[String: Any]])?.first?["steps"] as? [[String: Any]] ?? []
      let statements = steps.flatMap { $0["statements"] as? [[String: Any]] ?? [] }
      #expect(
        statements.flatMap { $0["locks"] as? [String] ?? [] } == [
          "ACCESS EXCLUSIVE on the table of things_size, blocks readers and writers",
          "ACCESS EXCLUSIVE on things, blocks readers and writers",
          "ACCESS EXCLUSIVE on objects, blocks readers and writers",
          "ACCESS EXCLUSIVE on more, blocks nobody: the table is new",
          "ACCESS EXCLUSIVE on more, blocks nobody: it is new",
          "ACCESS EXCLUSIVE on others, blocks nobody: it is new",
          "SHARE on others, blocks nobody: it is new",
        ])
    }
  }

  @Test func ofANewDatabaseEverythingIs() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    try await Shop.with(.postgres) { shop in
      let plan = try await shop.gradus("plan")
      #expect(plan.output.contains("SHARE on totals, blocks nobody: it is new"), "\(plan)")
    }
  }
}
