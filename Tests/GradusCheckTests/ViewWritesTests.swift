import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// What admitted versions write a view with may only go where something takes its place.
@Suite struct ViewWritesTests {
  private static let base = [
    "schema/main/1/01_base.sql": """
    CREATE TABLE t (id BIGINT PRIMARY KEY);
    CREATE VIEW v AS SELECT id FROM t;
    """,
    "schema/main/1/02_trigger.sql.sqlite": """
    CREATE TRIGGER adds INSTEAD OF INSERT ON v BEGIN INSERT INTO t (id) VALUES (NEW.id); END;
    """,
    "schema/main/1/02_trigger.sql.postgres": """
    CREATE FUNCTION add() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO t (id) VALUES (NEW.id); RETURN NEW; END
    $$;
    CREATE TRIGGER adds INSTEAD OF INSERT OR UPDATE ON v FOR EACH ROW EXECUTE FUNCTION add();
    CREATE RULE removes AS ON DELETE TO v DO INSTEAD DELETE FROM t WHERE id = OLD.id;
    CREATE RULE notes AS ON DELETE TO v DO ALSO NOTHING;
    """,
  ]

  private static let anew = "DROP VIEW v;\nCREATE VIEW v AS SELECT id FROM t;"

  @Test(
    arguments: [
      (.sqlite, "DROP TRIGGER adds;", ["the trigger 'adds' goes, by which the view 'v' takes INSERT"]),
      (.sqlite, anew, ["the trigger 'adds' goes, by which the view 'v' takes INSERT"]),
      (
        .sqlite,
        """
        DROP TRIGGER adds;
        CREATE TRIGGER inserts INSTEAD OF INSERT ON v BEGIN INSERT INTO t (id) VALUES (NEW.id + 0); END;
        """, []
      ),
      (
        .sqlite,
        """
        CREATE TRIGGER changes INSTEAD OF UPDATE ON v BEGIN INSERT INTO t (id) VALUES (NEW.id); END;
        DROP TRIGGER changes;
        """, []
      ),
      (
        .postgres, "DROP TRIGGER adds ON v;",
        ["the trigger 'adds' goes, by which the view 'v' takes INSERT, UPDATE"]
      ),
      (
        .postgres,
        """
        DROP TRIGGER adds ON v;
        CREATE TRIGGER changes INSTEAD OF UPDATE ON v FOR EACH ROW EXECUTE FUNCTION add();
        """, ["the trigger 'adds' goes, by which the view 'v' takes INSERT"]
      ),
      (
        .postgres, "DROP RULE removes ON v;", ["the rule 'removes' goes, by which the view 'v' takes DELETE"]
      ),
      (.postgres, "DROP RULE notes ON v;", []),
    ] as [(Engine, String, [String])])
  func whatTakesWritesMayNotGo(engine: Engine, delta: String, expected: [String]) async throws {
    guard TestDatabase.availableEngines.contains(engine) else { return }
    let findings = try await Corpus.check(
      [engine], Self.base.merging(["delta/main/2/01_change.sql": delta]) { $1 })
    #expect(findings.map(\.message) == expected)
    #expect(findings.allSatisfy { $0.rule == "C02" })
  }
}
