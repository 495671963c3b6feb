import GradusSQL
import Testing

@testable import Gradus

@Suite struct QueueInsertTests {
  private func names(_ script: String) -> [String?] { QueueInsert.all(in: script).map(\.name) }

  @Test func aRowWithAllColumns() throws {
    let found = try #require(
      QueueInsert.all(
        in: """
          -- INSERT INTO background_updates VALUES ('in a comment');
          CREATE TABLE t (x TEXT DEFAULT 'INSERT INTO background_updates VALUES (''in a text'')');
          INSERT INTO background_updates (ordering, update_name, progress_json, depends_on)
          VALUES (8701, 'it''s', '{}', 'first');
          """
      ).first)
    #expect(
      found
        == QueueInsert(
          name: "it's", dependsOn: "first", ordering: .number(8701),
          position: SourcePosition(line: 3, column: 1))
    )
  }

  @Test func manyForms() {
    #expect(
      names("insert or ignore into main.\"background_updates\" values ('a', '{}'), ('b', '{}', NULL, 5);")
        == ["a", "b"])
    #expect(names("INSERT INTO background_updates VALUES ('\u{301}a', '{}');") == ["\u{301}a"])
    #expect(
      names("INSERT INTO background_updates (update_name, progress_json) SELECT 'a', '{}' WHERE 1 = 1;") == [
        "a"
      ])
    #expect(
      names(
        """
        INSERT INTO background_updates (update_name, progress_json)
        SELECT 'a'::text, json_build_object('x', (SELECT max(id) FROM t)) FROM t UNION ALL SELECT 'b', '{}';
        INSERT INTO background_updates (update_name, progress_json) VALUES ('c', '{}') ON CONFLICT DO NOTHING;
        """) == ["a", "b", "c"])
  }

  @Test func whatIsNoLiteralHasNoName() {
    #expect(
      names("INSERT INTO background_updates (update_name, progress_json) SELECT name, '{}' FROM t") == [nil])
    #expect(names("INSERT INTO background_updates DEFAULT VALUES") == [nil])
    #expect(names("INSERT INTO background_updates (update_name) VALUES ('a' || 'b')") == [nil])
  }

  @Test(arguments: [
    ("(update_name) VALUES ('a')", QueueInsert.Ordering.absent),
    ("(update_name, ordering) VALUES ('a', 0)", .number(0)),
    ("(update_name, ordering) VALUES ('a', -1)", .number(-1)),
    ("(update_name, ordering) VALUES ('a', 8000 + 1)", .computed),
    ("VALUES ('a', '{}', '', 7)", .number(7)),
  ])
  func orderings(rest: String, expected: QueueInsert.Ordering) throws {
    let found = try #require(QueueInsert.all(in: "INSERT INTO background_updates \(rest);").first)
    #expect(found.ordering == expected)
    #expect(found.dependsOn == nil)
  }

  @Test func otherStatementsAreNone() {
    #expect(names("UPDATE background_updates SET ordering = 1; DELETE FROM background_updates;") == [])
    #expect(names("INSERT INTO background_updates_log VALUES ('a');") == [])
    #expect(names("INSERT INTO background_updates (update_name) VALUES ('never closed'") == [nil])
  }
}
